# make install, for those who work in a shell: completion of bash, zsh and fish, at the places where each looks, and the
# plugin of the docker command line, which is the program under another name (docker/cli cli-plugins/manager looks in
# libexec and lib of /usr and /usr/local; Debian's and Docker's own packages put theirs in libexec).
# The files in .packages/completion/ are printed by the program (make format): reconcile --completion SHELL.

COMPLETIONS := share/bash-completion/completions/reconcile share/zsh/site-functions/_reconcile \
               share/fish/vendor_completions.d/reconcile.fish
PLUGIN := libexec/docker/cli-plugins/docker-reconcile
INSTALLED += $(COMPLETIONS) $(PLUGIN)

.PHONY: install-shell
install: install-shell
install-shell: | all
	install -D -m 644 .packages/completion/reconcile.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/reconcile
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/zsh/site-functions .packages/completion/_reconcile
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d .packages/completion/reconcile.fish
	mkdir -p $(DESTDIR)$(PREFIX)/$(dir $(PLUGIN))
	ln -sf ../../../bin/reconcile $(DESTDIR)$(PREFIX)/$(PLUGIN)
