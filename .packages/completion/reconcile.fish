# fish completion of reconcile, which answers itself (reconcile --completion fish).
function __reconcile_complete
	set -l words (commandline -opc)
	set -l token (commandline -ct)
	set -l entries
	for line in (command reconcile --completion fish -- $words[2..-1] "$token" 2>/dev/null)
		if string match -q -- \t'*' $line
			set entries (string split ' ' -- (string trim -- $line))
		else
			printf '%s\n' $line
		end
	end
	set -q entries[1]; or return 0
	set -l before ''
	if string match -q -- '--*=*' $token
		set before (string replace -r -- '=.*' '=' $token)
		set token (string replace -r -- '^[^=]*=' '' $token)
	end
	set -l ends '/$'
	test "$entries" = files; and set ends ''
	set -q entries[2]; and set ends '(/|\.('(string join '|' $entries[2..-1])'))$'
	for path in (__fish_complete_path "$token")
		string match -qr -- $ends (string replace -r '\t.*' '' -- $path); and printf '%s\n' $before$path
	end
end
complete -c reconcile -f -k -a '(__reconcile_complete)'
