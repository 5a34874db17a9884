# registry NAME -s|-x WAIT: locks the registry, shared for a look and exclusive for a change. The registry counts only
# where root alone could have written. A change makes an absent one.
registry() {
  REGISTRY=$REGISTRY_HOME/$1
  if [ "$2" = -x ]; then
    [ "$(id -u)" -eq 0 ] || { ERROR='only root may change the registry: log in as root, or set connection.become'; return 1; }
    ERROR=$(mkdir -p "$REGISTRY" 2>&1) || return 1
  fi
  [ -d "$REGISTRY" ] || [ "$2" = -x ] || return 0
  private=directory:0:700
  if [ "$(stat -c '%F:%u:%a' "$REGISTRY_HOME" "$REGISTRY")" != "$private$NEWLINE$private" ]; then
    # The session that had it a moment ago may have removed it.
    [ -d "$REGISTRY" ] || { registry "$@"; return; }
    for dir in "$REGISTRY_HOME" "$REGISTRY"; do
      [ "$(stat -c '%F:%u:%a' "$dir")" = "$private" ] || ERROR="$dir is $(stat -c '%U:%G %a' "$dir"), not root's 0700"
    done
    REGISTRY=/dev/null
    return 1
  fi
  lock "$2" "$3" || return 1
  if [ "$2" = -s ]; then guard_look; else begin_change; fi
}

# records: sends the records in the registry, the findings that the last change has left, and for a change the
# checksums of its documents.
records() {
  [ -d "$REGISTRY" ] || return 0
  send_lines records print_records "$REGISTRY"
  [ ! -f "$REGISTRY/permissions.findings" ] || send_list findings head -c 4194304 "$REGISTRY/permissions.findings"
  set +f
  for file in "$REGISTRY"/*.json; do
    [ -f "$file" ] || { [ ! -e "$file" ] && [ ! -L "$file" ]; } || say odd "${file##*/}"
  done
  for file in "$REGISTRY"/left/* "$REGISTRY"/sealed/*; do
    [ ! -f "$file" ] || send_list left cat "$file"
  done
  for file in "$REGISTRY"/permissions.*; do
    case $file in *.history) continue ;; esac
    [ -z "$WATCH" ] || [ ! -f "$file" ] || say "document ${file##*/} $(sha256sum <"$file")"
  done
  set -f
}

# print_records DIRECTORY…: prints the records in some registries, each behind a line with its name.
print_records() { files_of "$@" | xargs -0 -r tail -v -n +1 --; }

# files_of DIRECTORY…: prints the names of the records through a pipe, as they may be too many for one command. Only
# regular files: opening a FIFO waits for ever.
files_of() {
  set +f
  for directory; do
    for file in "${directory%/}"/*.json; do [ ! -f "$file" ] || printf '%s\0' "$file"; done
  done
  set -f
}

unstage() { rm -f "$REGISTRY"/.list "$REGISTRY"/.zone "$REGISTRY"/.names "$REGISTRY"/.ids "$REGISTRY"/.new "$REGISTRY"/.out "$REGISTRY"/.status; }

# unplace: removes everything that was staged, including the leftovers of a killed run. Where others may write in the
# jail's root they can give any directory that name: there it goes while the root is closed. Outside of the jail only
# this jail's own directories go: another jail's run may stage a file beside the same place at this moment.
unplace() {
  case $NEWLINE$STAGED in *"$NEWLINE./$STAGING$NEWLINE"*) ;; *) STAGED="$STAGED./$STAGING$NEWLINE" ;; esac
  printf %s "$STAGED" | while IFS= read -r staged; do
    case $staged in
      ./*) [ -n "$ENTERED" ] && only_root_writes "$(stat -c %u:%a .)" && empty_staging "$staged" ;;
      # An older release has noted the directory of all.
      */"$STAGING") [ -z "$(unsafe_above "$staged")" ] && empty_staging "$staged" ;;
      *) [ -z "$(unsafe_above "${staged%/*}")" ] && unmake "$staged" && rmdir -- "${staged%/*}" ;;
    esac
  done 2>/dev/null
  STAGED='' STAGE='' MADE=''
  rm -f "$REGISTRY/.staged"
  return 0
}

# empty_staging BASE: removes a staging directory and our own directories in it. It touches nothing below those: a
# user may have moved a tree of the jail there, with mount points in it. A run that is cut short before
# make_own_directory gives the directory its mode leaves it empty.
empty_staging() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  case $(stat -c %u:%a "$1") in
    0:711)
      set +f
      for made in "$1"/*; do
        case ${made##*/} in *[!0-9a-f-]* | *-*-*) ;; *-????????) unmake "$made" ;; esac
      done
      set -f
      ;;
    0:700 | 0:2700) ;;
    *) return 0 ;;
  esac
  rmdir -- "$1"
}

# unmake DIRECTORY: removes a directory that one file was staged in.
unmake() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  set +f
  rm -f -- "$1"/* "$1"/.[!.]* "$1"/..?*
  set -f
  rmdir -- "$1"
}

# unhide: takes away the hidden mounts of a run that was cut short.
unhide() {
  for hidden in "$REGISTRY/.mount" "$REGISTRY/.socket"; do
    [ -e "$hidden" ] || continue
    while umount "$hidden"; do :; done
    rmdir "$hidden" || rm -f "$hidden"
  done 2>/dev/null
}

# begin_change: starts a change. Seals of a run that was cut short are put aside until a look has compared them.
begin_change() {
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

# lock -s|-x WAIT: holds the lock until this process ends. The directory that we waited for may have gone with its
# last record.
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

# put LENGTH NAME: writes one file of the registry, whole or not at all.
put() {
  receive_file "$1" "$REGISTRY/.new"
  sync "$REGISTRY/.new" 2>/dev/null
  ERROR=$(mv -fT "$REGISTRY/.new" "$REGISTRY/$2" 2>&1)
}

# drop NAME: removes one file of the registry; it may have gone already.
drop() {
  ERROR=$(rm -f "$REGISTRY/$1" 2>&1)
}

# history LENGTH: adds repairs, a line of JSON each, to the registry's list of the last 1,000; the host's time goes in
# front. The list is for people alone, so nothing fails for want of it: lines that are no records are dropped.
history() {
  read_data "$1" | {
    keep_history "$REGISTRY/permissions.history" 2>/dev/null
    cat >/dev/null
  }
  return 0
}
keep_history() {
  [ -f "$1" ] || rm -rf "$1"
  {
    [ ! -f "$1" ] || tail -c 4194304 "$1"
    # The list may end within a line.
    echo
    sed "s/^/{\"when\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",/"
  } | sed -n '/^{"when":"[-0-9TZ:]*",".*}$/p' | tail -n 1000 >"$REGISTRY/.new" && mv -fT "$REGISTRY/.new" "$1" ||
    rm -f "$REGISTRY/.new"
}

# tidy: removes everything that a change has staged, and a registry without records.
tidy() {
  unstage
  unplace
  set +f
  for file in "$REGISTRY"/*.json; do
    [ ! -f "$file" ] || { set -f; return 0; }
  done
  [ -d "$REGISTRY/sealed" ] || [ -d "$REGISTRY/left" ] || rm -f "$REGISTRY"/permissions.* "$REGISTRY"/.beat
  set -f
  # Another session may make it again at once, while this session still has to end.
  if rmdir "$REGISTRY" 2>/dev/null; then REGISTRY=/dev/null; fi
  return 0
}
