# shellcheck shell=bash
# The application that demos and tests put under faults, in every lab: a shell
# with the usual tools, and the program that sends, counts and serves packets.

APP_IMAGE=squall.local/app:1

# Sets APP_TAR.
app_image() {
  local project context status
  project=$(dirname "$(dirname "$LAB_DIR")")
  cached binary-traffic "$(content_key "$project/e2e/traffic" "$(go env GOVERSION)")" \
    "building traffic" go_build "$project/e2e/traffic" "" traffic
  context=$(mktemp -d -t squall-app.XXXXXX)
  cp "$project/images/app/Dockerfile" "$CACHED/traffic" "$context/"
  # In a subshell, so that the folder goes even when the build fails.
  APP_TAR=$(build_image "$APP_IMAGE" "$context" "$context/Dockerfile" && printf '%s' "$IMAGE_TAR") || status=$?
  rm -rf "$context"
  [[ -z ${status:-} ]] || exit "$status"
}
