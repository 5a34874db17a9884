# Taking a jail away again. Only names go: what a link leads to, and other names of a file, stay.

# clear LENGTH: files, links and devices. What has gone already is no trouble.
clear() {
  over "$1" sh -c "$SOUND"'
    failed=""
    for path; do
      if sound "$path"; then rm -f -- "$path" || failed=1
      else failed=1; echo "$path: above it is something else than a directory" >&2
      fi
    done
    [ -z "$failed" ]' sh
}

# empty LENGTH: directories, the deepest first. One that something is in stays.
empty() {
  over "$1" sh -c "$SOUND"'
    for path; do ! sound "$path" || rmdir -- "$path"; done 2>/dev/null
    :' sh
}

# uproot LENGTH: the root, if nothing is in it, and then directories on the way to it, the deepest first, as they have been looked
# at when it was entered.
uproot() {
  stage "$1" "$REGISTRY/.list"
  if [ -n "$ENTERED" ]; then
    rmdir "./$QUARANTINE" 2>/dev/null
    cd / && ENTERED=''
    rmdir -- "$ROOT" 2>/dev/null || { say kept; return 0; }
  fi
  ERROR=$(cat "$REGISTRY/.list" | xargs -0 -r sh -c 'for path; do rmdir -- "$path" 2>/dev/null || exit 0; done' sh 2>&1)
}
