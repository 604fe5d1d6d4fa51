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

# In a tarball git has written both; REPOSITORY is the address that a release will be downloaded from, which no source says.
REVISION   = $(or $(firstword $(STAMP)),$(shell git rev-parse HEAD))
EPOCH      = $(or $(word 2,$(STAMP)),$(shell git log -1 --format=%ct))
REPOSITORY ?=
RELEASE   := build/release

.PHONY: release release-records
release: dist static deb rpm ## make build/release/: all of it, what is in it, where it comes from, sums; REPOSITORY=https://github.com/… is where it will be
	@rm -rf $(RELEASE) && mkdir -p $(RELEASE)
	@cp $(DIST) build/deb/*.deb $$(find build/rpm -name '*.rpm' ! -name '*.src.rpm') $(RELEASE)
	@for arch in $(STATIC); do cp build/static/$$arch/reconcile $(RELEASE)/reconcile-linux-$$arch || exit; done
	@$(MAKE) -s release-records
release-records:
	@.packages/release.sh $(VERSION) $(REVISION) $(EPOCH) '$(REPOSITORY)' $(RELEASE)
