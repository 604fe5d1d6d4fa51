# Packages: what `make dist`, `make deb`, `make rpm` and `make release` make. Included from the Makefile.

DIST := build/dist/reconcile-$(VERSION).tar.gz

.PHONY: dist
dist: ## make build/dist/reconcile-VERSION.tar.gz: the sources of HEAD, the same bytes wherever it is made
	@.packages/dist.sh $(VERSION) $(DIST)

.PHONY: deb
deb: dist ## make build/deb/reconcile_….deb for this release of Debian or Ubuntu
	@.ci/deps.sh build package
	@.packages/deb.sh $(VERSION) $(DIST) build/deb

.PHONY: rpm
rpm: dist ## make build/rpm/reconcile-….rpm
	@.ci/deps.sh build package
	@.packages/rpm.sh $(DIST) build/rpm
