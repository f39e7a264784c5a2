export { type Chart, ChartError, parseChart, readChart } from "./chart-file.ts";
export { type ChartPackage, differences, readPackage, repackChart } from "./chart-package.ts";
export { chartVersion, checkChart } from "./check-chart.ts";
export { checkDependencies } from "./dependencies.ts";
export { existingChart, pushChart } from "./push-chart.ts";
export { imagesIn } from "./rendered-images.ts";
