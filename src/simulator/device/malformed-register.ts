/**
 * Registers with one defect each, for which a server has to refuse them.
 *
 * Only what the standard itself calls an error; unusual Registers that servers take are not here.
 *
 * Spec: OMA LwM2M Core §5.3.1 (mandatory parameters, version); Transport, Table 6 (4.00, 4.12).
 */
import { NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { sortOptions, stringOption, URI_QUERY } from "../../protocol/coap/options.ts";
import type { CoapContent } from "../../protocol/coap/types.ts";
import type { RegisterDefect } from "../model/device.ts";

const text = (payload: string): Uint8Array => new TextEncoder().encode(payload);

const SPOIL: Readonly<Record<RegisterDefect, (sound: CoapContent) => CoapContent>> = {
  "no-endpoint": (sound) => withParameter(sound, "ep", undefined),
  "empty-endpoint": (sound) => withParameter(sound, "ep", ""),
  "foreign-version": (sound) => withParameter(sound, "lwm2m", "9.9"),
  "lifetime-no-number": (sound) => withParameter(sound, "lt", "soon"),
  "no-objects": (sound) => ({ ...sound, payload: NO_PAYLOAD }),
  "garbled-objects": (sound) => ({ ...sound, payload: text("3/0 and 1/0") }),
};

/** The same Register, but for the defect. */
export const malformedRegister = (sound: CoapContent, defect: RegisterDefect): CoapContent => SPOIL[defect](sound);

/** @param value `undefined`: the parameter is left out */
export function withParameter(sound: CoapContent, name: string, value: string | undefined): CoapContent {
  const query = new TextEncoder().encode(`${name}=`);
  const others = sound.options.filter(
    (option) => option.number !== URI_QUERY || query.some((byte, at) => option.value[at] !== byte),
  );
  const options = value === undefined ? others : [...others, stringOption(URI_QUERY, `${name}=${value}`)];
  return { ...sound, options: sortOptions(options) };
}
