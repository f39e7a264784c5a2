#!/bin/sh
# Runs in a Debian system with skopeo, podman, buildah and umoci: writes one image with each, in every form it has.
# usage: make-tool-archives.sh <folder with `in`, an OCI layout, and `layer`, a file to add> ; leaves *.tar there.
set -eu
cd "$1"
copy() { skopeo --insecure-policy --tmpdir /tmp copy --quiet "$@"; }

copy oci:in "docker-archive:skopeo docker-archive.tar:localhost/tools:1"
copy oci:in "oci-archive:skopeo oci-archive.tar:localhost/tools:1"
copy --dest-compress-format zstd oci:in oci:zstd:latest
copy oci:zstd:latest "oci-archive:skopeo oci-archive of zstd.tar:localhost/tools:1"
copy --dest-compress-format zstd:chunked oci:in "oci-archive:skopeo oci-archive of zstd chunked.tar:localhost/tools:1"

podman="podman --root /tmp/podman --runroot /tmp/podman-run --storage-driver vfs --cgroup-manager cgroupfs --events-backend none"
$podman load --quiet --input "skopeo docker-archive.tar"
$podman save --quiet --format docker-archive --output "podman docker-archive.tar" localhost/tools:1
$podman save --quiet --format oci-archive --output "podman oci-archive.tar" localhost/tools:1
$podman save --quiet --format oci-archive --uncompressed --output "podman oci-archive uncompressed.tar" localhost/tools:1

buildah="buildah --root /tmp/buildah --runroot /tmp/buildah-run --storage-driver vfs"
container=$($buildah from --pull-never scratch)
$buildah copy --quiet "$container" layer /layer >/dev/null
$buildah config --cmd /layer "$container"
$buildah commit --quiet --format oci "$container" "oci-archive:buildah oci-archive.tar:localhost/tools:1" >/dev/null
$buildah commit --quiet --format docker "$container" "docker-archive:buildah docker-archive.tar:localhost/tools:1" >/dev/null

umoci init --layout umoci
umoci new --image umoci:latest
umoci config --image umoci:latest --architecture amd64 --os linux --config.cmd /layer
umoci insert --image umoci:latest layer /layer
umoci insert --image umoci:latest layer /second
umoci gc --layout umoci
tar -cf umoci.tar -C umoci .
