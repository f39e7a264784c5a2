import { FeatureFlags } from "@actions/expressions/features";
import type { Problem } from "@release-actions/report";

/** What GitHub runs since 2026 and its parser still reads only when asked to: `case()`, steps in the background. */
const FEATURES = new FeatureFlags({ allowCaseFunction: true, allowBackgroundSteps: true });

const OPTIONS = {
  maxReusableWorkflowDepth: 4,
  fetchReusableWorkflowDepth: 0,
  errorPolicy: 0,
  featureFlags: FEATURES,
};

/** What GitHub's own parser refuses in a workflow: it would not run at all. The parser loads when it is needed. */
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
  // The conversion finds what the schema cannot say, such as circles of jobs; its findings join the errors.
  if (value !== undefined) await parser.convertWorkflowTemplate(context, value, undefined, OPTIONS);
  return context.errors.getErrors().map(({ rawMessage, range }) => ({
    level: "error",
    title: "GitHub refuses this workflow",
    message: rawMessage,
    location: { file, ...(range === undefined ? {} : { line: range.start.line, column: range.start.column }) },
  }));
}
