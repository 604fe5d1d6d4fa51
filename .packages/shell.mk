# make install, besides program and manual: completion of bash, zsh and fish, at the places where each looks; the plugin
# of the docker command line, which is the program under another name (docker/cli cli-plugins/manager looks in libexec
# and lib of /usr and /usr/local; Debian's and Docker's own packages put theirs in libexec); services and timers.
# The files in .packages/completion/ are printed by the program (make format): reconcile --completion SHELL.

# Debian's zsh looks for packages' in share/zsh/vendor-completions instead.
ZSH_FUNCTIONS ?= share/zsh/site-functions
COMPLETIONS := share/bash-completion/completions/reconcile $(ZSH_FUNCTIONS)/_reconcile \
               share/fish/vendor_completions.d/reconcile.fish
PLUGIN := libexec/docker/cli-plugins/docker-reconcile
SYSCONFDIR ?= /etc
UNITS_OF_SYSTEMD := reconcile.service reconcile.timer reconcile-check.service reconcile-check.timer
# reconcile.service for root; reconcile@.service, made of it, for the user that is its instance.
FOR_ALL := -e 's,/usr/bin/,$(PREFIX)/bin/,g; s,/etc/reconcile,$(SYSCONFDIR)/reconcile,g'
FOR_ONE := -e '1,/^\[Unit\]/{/^\#/d}; s,^User=root,User=%i,; s,/root,/home/%i,; s,/etc/reconcile,&/%i,g'
INSTALLED += $(COMPLETIONS) $(PLUGIN) share/man/man1/docker-reconcile.1 \
             $(foreach unit,$(UNITS_OF_SYSTEMD),$(addprefix lib/systemd/system/,$(unit) $(basename $(unit))@$(suffix $(unit))))

.PHONY: install-shell
install: install-shell
install-shell: | all
	install -D -m 644 .packages/completion/reconcile.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/reconcile
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/$(ZSH_FUNCTIONS) .packages/completion/_reconcile
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d .packages/completion/reconcile.fish
	mkdir -p $(DESTDIR)$(PREFIX)/$(dir $(PLUGIN))
	ln -sf ../../../bin/reconcile $(DESTDIR)$(PREFIX)/$(PLUGIN)
	mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1
	ln -sf reconcile.1 $(DESTDIR)$(PREFIX)/share/man/man1/docker-reconcile.1
	mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system
	for unit in $(UNITS_OF_SYSTEMD); do \
	  sed $(FOR_ALL) .packages/systemd/$$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit && \
	  sed $(FOR_ONE) $(FOR_ALL) .packages/systemd/$$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit%.*}@.$${unit##*.} || exit; done
