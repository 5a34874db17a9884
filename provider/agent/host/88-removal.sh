# Takes a jail away again. Only names go: the target of a link, and other hard links of a file, stay.

# clear LENGTH: removes files, links and devices. It accepts those that have gone already.
clear() {
  run_on_list "$1" sh -c "$SOUND"'
    failed=""
    for path; do
      if sound "$path"; then rm -f -- "$path" || failed=1
      else failed=1; echo "$path: above it is something else than a directory" >&2
      fi
    done
    [ -z "$failed" ]' sh
}

# empty LENGTH: removes directories, the deepest first. A directory with something in it stays.
empty() {
  run_on_list "$1" sh -c "$SOUND"'
    for path; do ! sound "$path" || rmdir -- "$path"; done 2>/dev/null
    :' sh
}

# uproot LENGTH: removes the root, if nothing is in it, and then directories on the way to it, the deepest first, as
# they were found when it was entered.
uproot() {
  receive_file "$1" "$REGISTRY/.list"
  if [ -n "$ENTERED" ]; then
    rmdir "./$QUARANTINE" 2>/dev/null
    cd / && ENTERED=''
    rmdir -- "$ROOT" 2>/dev/null || { say kept; return 0; }
  fi
  ERROR=$(cat "$REGISTRY/.list" | xargs -0 -r sh -c 'for path; do rmdir -- "$path" 2>/dev/null || exit 0; done' sh 2>&1)
}
