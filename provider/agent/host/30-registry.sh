# registry NAME -s|-x WAIT: lock it, shared for a look and exclusive for a change. It counts only where nobody but root
# could have written. A change makes it where there is none.
registry() {
  REGISTRY=$REGISTRY_HOME/$1
  if [ "$2" = -x ]; then
    [ "$(id -u)" -eq 0 ] || { ERROR='only root may change the registry: log in as root, or set connection.become'; return 1; }
    ERROR=$(mkdir -p "$REGISTRY" 2>&1) || return 1
  fi
  [ -d "$REGISTRY" ] || [ "$2" = -x ] || return 0
  private=directory:0:700
  if [ "$(stat -c '%F:%u:%a' "$REGISTRY_HOME" "$REGISTRY")" != "$private$NEWLINE$private" ]; then
    # Whoever had it a moment ago may have been the last one.
    [ -d "$REGISTRY" ] || { registry "$@"; return; }
    for dir in "$REGISTRY_HOME" "$REGISTRY"; do
      [ "$(stat -c '%F:%u:%a' "$dir")" = "$private" ] || ERROR="$dir is $(stat -c '%U:%G %a' "$dir"), not root's 0700"
    done
    REGISTRY=/dev/null
    return 1
  fi
  lock "$2" "$3" || return 1
  if [ "$2" = -s ]; then glance; else begin; fi
}

# records: what the registry holds; for a change also the checksums of the documents in it.
records() {
  [ -d "$REGISTRY" ] || return 0
  set +f
  set -- "$REGISTRY"/*.json
  # One command for all of them, each with a line of its name before it.
  [ ! -f "$1" ] || lines records tail -v -n +1 -- "$@"
  for file in "$REGISTRY"/left/* "$REGISTRY"/sealed/*; do
    [ ! -f "$file" ] || told left cat "$file"
  done
  for file in "$REGISTRY"/permissions.*; do
    [ -z "$WATCH" ] || [ ! -f "$file" ] || say "document ${file##*/} $(sha256sum <"$file")"
  done
  set -f
}

unstage() { rm -f "$REGISTRY"/.list "$REGISTRY"/.zone "$REGISTRY"/.names "$REGISTRY"/.ids "$REGISTRY"/.new "$REGISTRY"/.out "$REGISTRY"/.status; }

# unplace: what was staged goes, also what somebody who was killed has left. Where others may write in the jail's root they can
# give any directory that name: there it goes while the root is closed.
unplace() {
  case $NEWLINE$STAGED in *"$NEWLINE./$STAGING$NEWLINE"*) ;; *) STAGED="$STAGED./$STAGING$NEWLINE" ;; esac
  printf %s "$STAGED" | while IFS= read -r base; do
    case $base in
      ./*) [ -n "$ENTERED" ] && cold "$(stat -c %u:%a .)" ;;
      *) [ -z "$(unsafe_above "$base")" ] ;;
    esac && emptied "$base"
  done 2>/dev/null
  STAGED='' STAGE=''
  rm -f "$REGISTRY/.staged"
  return 0
}

# emptied BASE: a directory that things were made in goes, and what is made by us in it: nothing below that, as it may be a tree
# of the jail with mount points in it that somebody has moved there.
emptied() {
  [ -d "$1" ] && [ ! -L "$1" ] && [ "$(stat -c %u:%a "$1")" = 0:711 ] || return 0
  set +f
  for made in "$1"/*; do
    case ${made##*/} in *[!0-9a-f-]* | *-*-*) ;; *-????????) unmake "$made" ;; esac
  done
  set -f
  rmdir -- "$1"
}

# unmake DIRECTORY: one that a file was made in.
unmake() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  set +f
  rm -f -- "$1"/* "$1"/.[!.]* "$1"/..?*
  set -f
  rmdir -- "$1"
}

# unhide: what a run that was cut short has left mounted where nobody sees it.
unhide() {
  for hidden in "$REGISTRY/.mount" "$REGISTRY/.socket"; do
    [ -e "$hidden" ] || continue
    while umount "$hidden"; do :; done
    rmdir "$hidden" || rm -f "$hidden"
  done 2>/dev/null
}

# begin: a change starts. What a run that was cut short has left sealed is put aside until somebody has looked at it.
begin() {
  unstage
  unhide
  watch || return 1
  [ ! -f "$REGISTRY/.staged" ] || STAGED=$(cat "$REGISTRY/.staged")$NEWLINE
  number=0
  set +f
  for file in "$REGISTRY"/left/*; do
    [ ! -f "$file" ] || number=$((number > ${file##*/} ? number : ${file##*/}))
  done
  for file in "$REGISTRY"/sealed/*; do
    [ -f "$file" ] || continue
    number=$((number + 1))
    ERROR=$({ mkdir -p "$REGISTRY/left" && mv "$file" "$REGISTRY/left/$number"; } 2>&1) || { set -f; return 1; }
  done
  set -f
}

# lock -s|-x WAIT: until this process ends. The directory that we waited for may have gone with the last record in it.
lock() {
  command -v flock >/dev/null || return 0
  left=$2
  while :; do
    { command exec 9<"$REGISTRY"; } 2>/dev/null || {
      [ ! -d "$REGISTRY" ] || return 1
      [ "$1" = -x ] || return 0
      mkdir -p "$REGISTRY" && continue
      return 1
    }
    # BusyBox's flock has no time limit.
    until flock "$1" -n 9; do
      [ "$left" -gt 0 ] || { say busy; return 1; }
      left=$((left - 1))
      sleep 1
    done
    [ "$1" = -x ] || return 0
    LOCKED=yes
    [ "$(stat -L -c %d:%i /proc/self/fd/9)" = "$(stat -c %d:%i "$REGISTRY" 2>/dev/null)" ] && return 0
    mkdir -p "$REGISTRY" || return 1
  done
}

# put LENGTH NAME: one file of the registry, whole or not at all.
put() {
  stage "$1" "$REGISTRY/.new"
  sync "$REGISTRY/.new" 2>/dev/null
  ERROR=$(mv -fT "$REGISTRY/.new" "$REGISTRY/$2" 2>&1)
}

# drop NAME: one that may have gone already.
drop() {
  ERROR=$(rm -f "$REGISTRY/$1" 2>&1)
}

# tidy: what a change has staged, and the registry of a root that nobody declares any more.
tidy() {
  unstage
  unplace
  set +f
  for file in "$REGISTRY"/*.json; do
    [ ! -f "$file" ] || { set -f; return 0; }
  done
  [ -d "$REGISTRY/sealed" ] || [ -d "$REGISTRY/left" ] || rm -f "$REGISTRY"/permissions.* "$REGISTRY"/.beat
  set -f
  # Somebody else may make it again at once, while this session still has to end.
  if rmdir "$REGISTRY" 2>/dev/null; then REGISTRY=/dev/null; fi
  return 0
}
