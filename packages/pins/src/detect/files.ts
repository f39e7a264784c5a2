/** `Dockerfile`, `Dockerfile-20.04`, `Dockerfile.x`, `x.dockerfile`, `Containerfile`, but not templates of them. */
export const DOCKERFILES =
  /(^|\/)((Dockerfile|Containerfile)([._-][\w.-]+)?|[\w.-]+\.([Dd]ockerfile|[Cc]ontainerfile)|dockerfile)$(?<!\.(dockerignore|containerignore|j2|jinja|jinja2|tmpl|tpl|template|in|erb|md|txt|sh|py|rs|ya?ml|json|toml|lock|bak|orig|patch|diff|nanorc|tmLanguage|tmPreferences|vim|svg|png|html|snap|ts|js|go|sublime-\w+))/;
/** Pipeline files of other CI services, and compose files. */
export const OTHER_PIPELINES =
  /(^|\/)(\.gitlab-ci\.ya?ml|\.gitlab\/.*\.ya?ml|\.circleci\/[^/]+\.ya?ml|\.cirrus\.ya?ml|\.travis\.ya?ml|azure-pipelines[^/]*\.ya?ml|\.woodpecker\.ya?ml|\.woodpecker\/[^/]+\.ya?ml|\.drone\.ya?ml|\.buildkite\/[^/]+\.ya?ml|bitbucket-pipelines\.ya?ml|(docker-)?compose[^/]*\.ya?ml)$/;
export const TASK_FILES = /(^|\/)(\.?justfile|Justfile|[\w-]+\.just|GNUmakefile|[Mm]akefile(\.\w+)?|[\w-]+\.mk)$/;
