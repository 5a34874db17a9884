# need PATH: a directory that has to be there. Those above it were asked for before it; what was not there is in GONE.
need() {
  path=$1 type=directory above_gone=''
  IFS=/
  split_depth
  if excluded || is_mounted; then return 0; fi
  IFS=$NEWLINE
  for one in $GONE; do
    case $path in "$one"/*) above_gone=1 ;; esac
  done
  IFS=$SPACE
  if [ -z "$above_gone" ] && [ -d "./$path" ] && [ ! -L "./$path" ]; then return 0; fi
  GONE=$GONE$path$NEWLINE instead=''
  if [ -z "$above_gone" ] && { [ -e "./$path" ] || [ -L "./$path" ]; }; then instead='something else'; fi
  shown "$path"
  printf '%s: %s => directory\n' "$SHOWN" "${instead:-absent}" >>"$WORK/differs"
  [ -z "$CHECK" ] || return 0
  top=$(top_above)
  [ -n "$top" ] || [ -z "$instead" ] || ! path=quarantine || top=$(top_above)
  if [ -n "$top" ]; then
    printf './/%s\0' "${top#.}" >>"$WORK/zone"
  else
    [ -z "$instead" ] || put_on replace ".//$1"
    put_on make ".//$1"
  fi
}

is_mounted() {
  while read -r _ _ _ _ point _; do
    if below "$point"; then case $path/ in "$BELOW"/*) return 0 ;; esac; fi
  done </proc/self/mountinfo
  return 1
}

# top_above: the topmost directory above a path that others than root may write in.
top_above() {
  above=. left=$path/
  [ "$path" != . ] || return 0
  while [ -n "$left" ]; do
    seen=$(stat -c '%F:%u:%a' -- "./$above" 2>/dev/null) || return 0
    case $seen in
      directory:0:*[2367]? | directory:0:*[2367]) printf %s "$above"; return ;;
      directory:0:*) ;;
      directory:*) printf %s "$above"; return ;;
      *) return 0 ;;
    esac
    if [ "$above" = . ]; then above=${left%%/*}; else above=$above/${left%%/*}; fi
    left=${left#*/}
  done
}

# agree: of files with several names those whose names all want the same.
agree() {
  awk -F/ '{ count[$0]++; links[$0] = $2 } END { for (key in count) if (count[key] == links[key]) print key }' \
    "$WORK/keys" >"$WORK/agreed"
  cat "$WORK/linked" | xargs -0 -r -n 7 sh "$SELF" +linked
}

# close_zone: closes what is above the things that differ, or everything.
close_zone() {
  if [ -f "$WORK/all" ]; then close_all; else STAGED=$WORK/zone && closed_by seal 1; fi
}
close_all() { closed_by seal '' && ALL=1; }
closed_by() {
  "$@" || { explain "the daemon's directories cannot be closed: $ERROR"; return 1; }
  ZONE='' DEPTH=''
  table
}

# table: directories that are closed, with what they are opened to: by the plan, by an earlier run's, or else as they were.
table() {
  if [ -f "$REGISTRY/sealed/plan" ]; then opened_to <"$REGISTRY/sealed/plan"; fi >"$WORK/table"
  cat "$WORK/left" >>"$WORK/table"
  for level in $(seq 1 "$LEVEL"); do opened_to <"$REGISTRY/sealed/$level" >>"$WORK/table"; done
}
opened_to() { xargs -0 -r sh -c 'for record; do printf "%s\n" "${record%% .//*}"; done' sh; }

# left_closed: what a run that was cut short has left closed: the same directory, and root's, as nobody else would leave it.
left_closed() {
  : >"$WORK/left"
  : >"$WORK/table"
  set +f
  if [ -n "$CHECK" ]; then set -- "$REGISTRY"/sealed/plan "$REGISTRY"/sealed/* "$REGISTRY"/left/*
  else set -- $(ls "$REGISTRY/left" 2>/dev/null | sort -rn | sed "s|^|$REGISTRY/left/|")
  fi
  set -f
  for file; do [ ! -f "$file" ] || cat "$file"; done >"$WORK/records"
  [ -s "$WORK/records" ] || return 0
  # From now on nobody changes a name.
  [ -n "$CHECK" ] || close_all || refuse 'see above'
  xargs -0 -r sh -c 'for record; do
      path=.//${record#* .//} ids=${record%% .//*}
      case $(stat -c "%F:%d:%i" -- "$path" 2>/dev/null) in "directory:${record%% *}") ;; *) continue ;; esac
      was=$(grep "^${record%% *} " "$0" | head -n 1)
      [ -n "$was" ] || was=$(stat -c "- 0 %u:%g %a" -- "$path")
      case ${was#* * } in
        0:*" ${ids##* }") ;;
        0:*[2367]? | 0:*[2367]) continue ;;
        0:*) ;;
        *) continue ;;
      esac
      printf "%s\n" "$ids"
    done' "$WORK/table" <"$WORK/records" >"$WORK/left"
  table
}

converge() {
  for round in 1 2 3 4; do
    survey || break
    [ "$round" != 1 ] || [ ! -f "$WORK/differs" ] || cat "$WORK/differs"
    if [ -f "$WORK/zone" ] || [ -f "$WORK/all" ]; then
      close_zone && survey || break
    fi
    plan_opening || break
    [ -f "$WORK/todo" ] || break
    apply
  done
  relax all || explain "the daemon's directories cannot be opened again: $ERROR"
  : >"$WORK/table"
}

# plan_opening: it is on the disk before anything is closed for it.
plan_opening() {
  order=''
  set +f
  for file in "$WORK"/plan.*; do order="$file $order"; done
  set -f
  [ -f "${order%% *}" ] || return 0
  cat $order >"$WORK/opening"
  STAGED=$WORK/opening
  plan 0 && table
}

# apply: owners before modes, as an owner that is taken away can no longer change the mode back; before an owner the bits that
# both modes have. What fails for one path does not keep the others from being repaired.
apply() {
  each replace quarantine 0
  each make over 0 mkdir -m 0700 --
  # Group and setgid of the directory above are not for what is made.
  each make over 0 sh -c 'for path; do if [ -d "$path" ] && [ ! -L "$path" ]; then chown 0:0 "$path" && chmod 00700 "$path"; fi; done' sh
  grouped close chmod
  grouped owned chown -h
  each acl over 0 -n 2 sh -c 'setfacl -Pbk -m "$0" -- "$1"'
  grouped mode chmod
  each powers over 0 -n 2 sh -c 'if [ "$0" = none ]; then setcap -r "$1"; else setcap "$0" "$1"; fi'
}

each() {
  STAGED=$WORK/$1
  shift
  [ ! -f "$STAGED" ] || "$@" || explain "$ERROR"
}

grouped() {
  kind=$1
  shift
  set +f
  for list in "$WORK/$kind".*; do
    set -f
    [ ! -f "$list" ] || each "${list##*/}" over 0 "$@" "${list##*.}" --
  done
  set -f
}

report() {
  if [ -f "$WORK/differs" ]; then
    FAILED=1
    if [ -n "$1" ]; then cat "$WORK/differs"; else sed 's/^/not repaired: /' "$WORK/differs" >&2; fi
  fi
  [ ! -f "$WORK/failed" ] || [ ! -s "$WORK/failed" ] || { FAILED=1 && sort -u "$WORK/failed" >&2; }
}

main "$@"
