say hello
while beat idle && read -r request a b c; do
  ERROR=''
  case $request in
    '') continue ;;
    enter) enter "$a" "$b" ;;
    names) names "$a" "$b" ;;
    registry) registry "$a" "$b" "$c" ;;
    records) records ;;
    zone) zone "$a" "$b" ;;
    look) look ;;
    scan) scan ;;
    programs) programs "$a" ;;
    seal) seal "$a" ;;
    plan) plan "$a" ;;
    relax) relax "$a" ;;
    mkdir) over "$a" mkdir -m 0700 -- ;;
    chown) over "$a" chown -h "$b" -- ;;
    chmod) over "$a" chmod "$b" -- ;;
    acl) over "$a" setfacl -Pbk -m "$b" -- ;;
    powers) powers "$a" "$b${c:+ $c}" ;;
    quarantine) quarantine "$a" ;;
    put) put "$a" "$b" ;;
    drop) drop "$a" ;;
    tidy) tidy ;;
    *) false ;;
  esac
  say "done $? $ERROR"
done
