#!/usr/bin/env bats
# Engines reached in every way that BuildX knows: context, tcp, tcp with TLS, ssh; and those that do not answer.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

relay() { # socat address for a new port; sets $port
	port=$(free_port)
	timeout 3600 socat "$1:$port,bind=127.0.0.1,reuseaddr,fork${2:-}" "UNIX-CONNECT:$RECONCILE_ENGINE_SOCK" 3>&- &
	helpers+=($!)
	listening "$port"
}

@test "a context" {
	docker context create "$B-ctx" --docker "host=$DOCKER_HOST" >/dev/null
	state_builder <<<"endpoint: $B-ctx"
	apply
	settled
	run -0 build "$B"
}

@test "tcp" {
	relay TCP-LISTEN
	state_builder <<<"endpoint: tcp://127.0.0.1:$port"
	apply
	settled
}

certificates() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-ca -keyout ca-key.pem -out ca.pem 2>/dev/null
	local who
	for who in server client; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$who" -keyout $who-key.pem -out $who.csr 2>/dev/null
		openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out $who.pem \
			-extfile <(printf 'subjectAltName=IP:127.0.0.1\n') 2>/dev/null
	done
	cat server.pem server-key.pem >server-both.pem
}

@test "tcp with mutual TLS through a context; a certificate that is not trusted is told apart" {
	certificates
	relay OPENSSL-LISTEN ",cert=server-both.pem,cafile=ca.pem,verify=1"
	docker context create "$B-tls" --docker "host=tcp://127.0.0.1:$port,ca=ca.pem,cert=client.pem,key=client-key.pem" >/dev/null
	state_builder <<<"endpoint: $B-tls"
	apply
	settled
	cp ca.pem right-ca.pem
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other-ca -keyout x.pem -out other.pem 2>/dev/null
	cp other.pem "$DOCKER_CONFIG"/contexts/tls/*/docker/ca.pem
	run -8 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *certificate* || $output == *TLS* ]]
}

@test "ssh, through docker system dial-stdio" {
	ssh_server "PATH=$PATH DOCKER_HOST=$DOCKER_HOST DOCKER_CONFIG=$DOCKER_CONFIG"
	state_builder <<<"endpoint: ssh://$(id -un)@127.0.0.1:$ssh_port"
	apply
	settled
	: >ssh/known
	run -8 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *[Hh]"ost key"* ]]
}

@test "one silent engine costs its deadline once and hides nothing else" {
	port=$(free_port)
	timeout 3600 socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" EXEC:"sleep 3600" 3>&- &
	helpers+=($!)
	listening "$port"
	state <<-Y
		version: 1
		builders:
		  $B: {}
		  $B-silent: {endpoint: "tcp://127.0.0.1:$port"}
	Y
	run -8 --separate-stderr reconcile --plan --timeout 10 -f state.yaml # in which the other answers, however busy
	[[ $output == *"+ builder.$B"* && $output == *"? builder.$B-silent"* && $output == *"timed out"* ]]
}
