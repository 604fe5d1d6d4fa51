# An authority, and the certificates that it signs, for tests of TLS.
# shellcheck shell=bash

# NAME: NAME.pem and NAME-key.pem, with NAME-server.pem (for 127.0.0.1, or NAMES) and NAME-client.pem and their keys, good for DAYS.
authority() { # NAME [DAYS [NAMES]]
	local who new=(openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
	"${new[@]}" -x509 -days 2 -subj "/CN=$(basename "$1")" -keyout "$1-key.pem" -out "$1.pem" 2>/dev/null
	for who in server client; do
		"${new[@]}" -subj "/CN=$who" -keyout "$1-$who-key.pem" -out "$1-request.pem" 2>/dev/null
		openssl x509 -req -in "$1-request.pem" -CA "$1.pem" -CAkey "$1-key.pem" -CAcreateserial -days "${2:-2}" -out "$1-$who.pem" \
			-extfile <(printf 'subjectAltName=%s\n' "${3:-IP:127.0.0.1}") 2>/dev/null
	done
	cat "$1-server.pem" "$1-server-key.pem" >"$1-both.pem"
}
