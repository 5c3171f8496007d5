# shellcheck shell=bash
# docker-archive files: a tar of layers, a config and manifest.json.

# archive_tag FILE: prints the image's name.
archive_tag() {
  tar -xOf "$1" manifest.json | jq -er '.[0].RepoTags[0]'
} 2>/dev/null

# Sets ARCHIVE to FILE with its layers compressed. Every byte costs an emulated
# node dearly: it is decrypted, copied, hashed and written there.
compressed_archive() {
  local file=$1
  # The manifest names the config and the layers by their hashes.
  cached archive "$(content_key "$(tar -xOf "$file" manifest.json)" "$(declare -f make_compressed_archive)")" \
    "compressing $(archive_tag "$file")" make_compressed_archive "$file"
  ARCHIVE=$CACHED/image.tar
}

make_compressed_archive() {
  local file=$1 folder=$2 tree=$2/tree config layer layers=()
  mkdir "$tree"
  config=$(tar -xOf "$file" manifest.json | jq -er '.[0].Config')
  tar -C "$tree" -xf "$file" "$config"
  while IFS= read -r layer; do
    tar -xOf "$file" "$layer" | gzip -1 >"$tree/${layer//\//_}.gz"
    layers+=("${layer//\//_}.gz")
  done < <(tar -xOf "$file" manifest.json | jq -er '.[0].Layers[]')
  tar -xOf "$file" manifest.json |
    jq -c '.[0].Layers = $ARGS.positional' --args "${layers[@]}" >"$tree/manifest.json"
  tar -C "$tree" -cf "$folder/image.tar" manifest.json "$config" "${layers[@]}"
  rm -rf "$tree"
}
