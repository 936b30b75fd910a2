/**
 * Keeps mutants away from what is there for readers only: the columns of tables that cite a clause or say a sentence.
 */
import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

const COLUMNS = ["source", "sentence"];

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "documentation", {
    shouldIgnore(path) {
      const isColumn =
        path.isObjectProperty() && path.node.key.type === "Identifier" && COLUMNS.includes(path.node.key.name);
      return isColumn ? "documentation" : undefined;
    },
  }),
];
