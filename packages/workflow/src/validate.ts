import { FeatureFlags } from "@actions/expressions/features";
import type { Problem } from "@release-actions/report";

/** A feature that GitHub has had since 2026 but that must be enabled in its parser: background steps. */
const FEATURES = new FeatureFlags({ allowBackgroundSteps: true });

/** The errors that GitHub's own parser finds in a workflow, which GitHub would then not run at all. The parser is loaded on first use. */
export async function validateWorkflow(content: string, file: string): Promise<Problem[]> {
  const [parser, { TemplateContext, TemplateValidationErrors }, { getWorkflowSchema }] = await Promise.all([
    import("@actions/workflow-parser"),
    import("@actions/workflow-parser/templates/template-context"),
    import("@actions/workflow-parser/workflows/workflow-schema"),
  ]);
  const context = new TemplateContext(
    new TemplateValidationErrors(),
    getWorkflowSchema(),
    new parser.NoOperationTraceWriter(),
  );
  context.state["featureFlags"] = FEATURES;
  const { value } = parser.parseWorkflow({ name: file, content }, context);
  // The conversion adds errors that the schema cannot express, such as jobs that need each other.
  if (value !== undefined) await parser.convertWorkflowTemplate(context, value, undefined, { featureFlags: FEATURES });
  return context.errors.getErrors().map(({ rawMessage, range }) => ({
    level: "error",
    title: "GitHub refuses this workflow",
    message: rawMessage,
    location: { file, ...(range === undefined ? {} : { line: range.start.line, column: range.start.column }) },
  }));
}
