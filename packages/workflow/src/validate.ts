import type { Problem } from "@release-actions/report";

/** What GitHub's own parser refuses in a workflow: it would not run at all. The parser loads when it is needed. */
export async function validateWorkflow(content: string, file: string): Promise<Problem[]> {
  const parser = await import("@actions/workflow-parser");
  const { context, value } = parser.parseWorkflow({ name: file, content }, new parser.NoOperationTraceWriter());
  // The conversion finds what the schema cannot say, such as circles of jobs; its findings join the errors.
  if (value !== undefined) await parser.convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ rawMessage, range }) => ({
    level: "error",
    title: "GitHub refuses this workflow",
    message: rawMessage,
    location: { file, ...(range === undefined ? {} : { line: range.start.line, column: range.start.column }) },
  }));
}
