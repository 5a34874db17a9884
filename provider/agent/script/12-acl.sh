# Access control lists of the declaration, and of an entry.

letters_of() {
  case $1 in
    0) LETTERS=--- ;; 1) LETTERS=--x ;; 2) LETTERS=-w- ;; 3) LETTERS=-wx ;;
    4) LETTERS=r-- ;; 5) LETTERS=r-x ;; 6) LETTERS=rw- ;; *) LETTERS=rwx ;;
  esac
}

# acl_for LIST MODE: ACL, the entries that a mode does not show with commas around them; MASK, which the mode's group bits
# become; ACCESS, set when there are more than default entries.
acl_for() {
  ACL=, ACCESS='' inherited=''
  MASK=$(($2 >> 3 & 7))
  own=$MASK rest=$MASK
  IFS=,
  for entry in ${1#-}; do
    inherit=''
    case $entry in default:*) inherit=default: entry=${entry#default:} ;; esac
    if [ -n "$inherit" ] && [ "$type" = file ]; then continue; fi
    tag=${entry%%:*} name=${entry#*:}
    if [ "$tag" = user ]; then id_of "$USER_IDS" "${name%:*}"; else id_of "$GROUP_IDS" "${name%:*}"; fi
    bits_of "${name##*:}" "$2"
    key=$inherit$tag:$ID
    # Two names may be of one number: what either is given it has.
    case $ACL in
      *",$key:"*)
        twin=${ACL#*",$key:"} added=$BITS
        bits_of "${twin%%,*}" 0
        BITS=$((BITS | added)) ACL=${ACL%%",$key:"*},${twin#*,}
        ;;
    esac
    letters_of "$BITS"
    ACL=$ACL$key:$LETTERS,
    if [ -n "$inherit" ]; then inherited=1 rest=$((rest | BITS)); else ACCESS=1 MASK=$((MASK | BITS)); fi
  done
  IFS=$SPACE
  letters_of "$own"
  own=$LETTERS
  [ -z "$ACCESS" ] || ACL=${ACL}group::$own,
  [ -n "$inherited" ] || return 0
  letters_of $(($2 >> 6 & 7))
  ACL=${ACL}default:user::$LETTERS,default:group::$own,
  letters_of "$rest"
  ACL=${ACL}default:mask::$LETTERS,
  letters_of $(($2 & 7))
  ACL=${ACL}default:other::$LETTERS,
}

# same_acl LIST LIST: whether both have the same entries.
same_acl() {
  [ "${#1}" -eq "${#2}" ] || return 1
  IFS=,
  for entry in ${1#,}; do
    case $2 in *",$entry,"*) ;; *) IFS=$SPACE; return 1 ;; esac
  done
  IFS=$SPACE
}

# group_bits ACL MODE: the rights of the group itself, which the mode does not show where there is an ACL.
group_bits() {
  BITS=$(($2 >> 3 & 7))
  case $1 in
    *,group::*)
      BITS=${1#*,group::}
      bits_of "${BITS%%,*}" 0
      ;;
  esac
}
