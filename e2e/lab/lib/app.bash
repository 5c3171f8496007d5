# shellcheck shell=bash
# The application that demos and tests put under faults, in every lab.

APP_IMAGE=squall.local/app:1

# Sets APP_TAR.
app_image() {
  local project
  project=$(dirname "$(dirname "$LAB_DIR")")
  build_image "$APP_IMAGE" "$project/images/app" "$project/images/app/Dockerfile"
  APP_TAR=$IMAGE_TAR
}
