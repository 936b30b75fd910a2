import { describe, expect, it } from "vitest";
import { fleetproofArguments, simpleCommands } from "./shell.ts";

describe("simpleCommands", () => {
  it.each([
    ["fleetproof verify --runs 3   # a few", [["fleetproof", "verify", "--runs", "3"]]],
    ['a \'b c\' "d \\"e\\" $f" g\\ h', [["a", "b c", 'd "e" $f', "g h"]]],
    ["a b \\\n  c\nd", [["a", "b", "c"], ["d"]]],
    ["a && b || c; d & e | f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]],
    ["X=1 Y=2 a > out 2>&1 < in 2>> log", [["a"]]],
    ["for i in 0 1; do a $i/2 & done; wait", [["for", "i", "in", "0", "1"], ["a", "$i/2"], ["wait"]]],
    ["( a ) && { b; }", [["a"], ["b"]]],
    ["a $(b (c) d) $e", [["a", "$(b (c) d)", "$e"]]],
    ["cat > f <<'EOF'\nfleetproof x\nEOF\na", [["cat"], ["a"]]],
    ["a 'b#c' d#e # f", [["a", "b#c", "d#e"]]],
    ["# nothing", []],
  ])("reads %j", (script, commands) => {
    expect(simpleCommands(script)).toEqual(commands);
  });
});

describe("fleetproofArguments", () => {
  it.each([
    ["fleetproof verify --runs 3", ["verify", "--runs", "3"]],
    ["npx --no-install fleetproof --help", ["--help"]],
    ["npm run -s fleetproof -- replay p.json", ["replay", "p.json"]],
    ["node dist/cli/main.js demo", ["demo"]],
    ["faketime -f +1d fleetproof serve", ["serve"]],
    ["parallel fleetproof load --shard {}/2 ::: 0 1", ["load", "--shard", "{}/2"]],
    ["parallel -j2 'fleetproof load --shard {}/2' ::: 0 1", ["load", "--shard", "{}/2"]],
    ["npm install fleetproof", undefined],
    ["cd fleetproof", undefined],
    ["tshark -r fleetproof-out/a.pcapng", undefined],
  ])("reads %j", (script, expected) => {
    expect(fleetproofArguments(simpleCommands(script)[0] ?? [])).toEqual(expected);
  });
});
