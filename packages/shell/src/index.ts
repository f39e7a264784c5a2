export { commandsOf, type ShellAssignment, type ShellCommand, type ShellWord } from "./commands.ts";
export { type FileVariable, variablesWrittenTo } from "./variables-file.ts";
