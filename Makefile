# Everything that people and CI do with this repository. `make help` lists it.

PROGRAMS = scgi-run fcgi-run uwsgi-run ajp-run shim-dotnet shimctl
PREFIX = /usr/local
DESTDIR =

# For another processor than this machine's: RID=linux-arm64. Its programs and apps are in artifacts/linux-arm64/bin.
RID =
BIN = $(if $(RID),artifacts/$(RID)/bin,bin)
PUBLISHED = artifacts/$(if $(RID),$(RID)/)publish
STRIP = $(patsubst linux-x64,x86_64-linux-gnu-,$(patsubst linux-arm64,aarch64-linux-gnu-,$(RID)))strip

# Where each shell looks for them, below share.
COMPLETIONS = bash-completion/completions zsh/site-functions fish/vendor_completions.d

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
.PHONY: all libraries pack apps tested test-handler sysroot entry run demo screenshots test test-long test-distribution matrix bench install uninstall clean help FORCE

# Compiles native programs side by side, once the libraries that they share are there: $(call native,TARGET...).
native = $(MAKE) --no-print-directory -j "$$(getconf _NPROCESSORS_ONLN)" PUBLISH="$(PUBLISH) -p:BuildProjectReferences=false" $(1)
# Without analyzers: the solution's build, which comes before each test run, has them.
PUBLISH = dotnet publish -c Release -v quiet --nologo -p:RunAnalyzers=false $(RID:%=-p:ShimsRuntimeIdentifier=%)

## all: compile the native programs into bin/ (the default; RID=linux-arm64: for that processor, and the sample apps, into artifacts/linux-arm64/bin)
all: libraries $(if $(RID),entry pack)
	@$(call native,$(NATIVE) $(if $(RID),$(APPS)))

NATIVE = $(PROGRAMS:%=$(BIN)/%) $(BIN)/libMonoPosixHelper.so $(BIN)/wsgi-run

libraries: | artifacts/prerequisites
	@echo "compiling the libraries"
	@dotnet build src/Shims.Control -c Release -v quiet --nologo -clp:NoSummary

$(BIN)/%: FORCE | artifacts/prerequisites$(RID:%=-%)
	@echo "compiling $* to native code$(RID:%= for %)$($*_LINKED:%=, with the C library of Debian 11)"
	@$(PUBLISH) src/$* $($*_LINKED) -o $(PUBLISHED)/$*
	@$(STRIP) -o $(PUBLISHED)/$*.stripped $(PUBLISHED)/$*/$*
	@mkdir -p $(BIN) && cmp -s $(PUBLISHED)/$*.stripped $@ || install $(PUBLISHED)/$*.stripped $@

# The root that `make sysroot` has made: what is linked dynamically needs no newer C library than it is linked with.
shimctl_LINKED = $(patsubst %,-p:SysRoot=$(CURDIR)/%,$(wildcard artifacts/sysroot/$(TARGET)))
TARGET = $(or $(RID),$(HOST))
HOST = linux-$(patsubst x86_64,x64,$(patsubst aarch64,arm64,$(shell uname -m)))

## sysroot: fetch the C library of Debian 11, without root: shimctl is linked with it from then on, and runs on glibc 2.31 and later
sysroot:
	@scripts/sysroot $(TARGET)

# The code that runs first can run before the C library where that has been made for the processor and system.
entry: libraries
	@[ "$$(dotnet msbuild src/scgi-run -getProperty:EarlyEntry -p:ShimsRuntimeIdentifier=$(RID))" != main ] || echo "for $(RID) there is no path before the C library: the programs begin in main"

# Mono.Posix asks its own small library for users and groups.
$(BIN)/libMonoPosixHelper.so: $(BIN)/shimctl
	@cmp -s $(PUBLISHED)/shimctl/$(@F) $@ || install $(PUBLISHED)/shimctl/$(@F) $@

# A program in Python, with the version of the native ones.
$(BIN)/wsgi-run: src/wsgi-run/wsgi-run FORCE
	@mkdir -p artifacts $(BIN) && sed "s/^VERSION = .*/VERSION = \"$(VERSION)\"/" $< >artifacts/wsgi-run
	@cmp -s artifacts/wsgi-run $@ || install artifacts/wsgi-run $@

VERSION = $$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)$$(git rev-parse HEAD 2>/dev/null | sed 's/^\(.\{7\}\).*/ (\1)/')

## pack: make the NuGet package of the library, in artifacts/packages
pack: | artifacts/prerequisites
	@scripts/pack

## apps: compile the sample apps to native code, into artifacts/publish/apps
apps: pack
	@$(call native,$(APPS))

APPS = $(patsubst inetd-examples/apps/%.cs,app-%,$(wildcard inetd-examples/apps/*.cs)) $(patsubst inetd-examples/apps/%/Program.cs,app-%,$(wildcard inetd-examples/apps/*/Program.cs))

app-%: FORCE
	@scripts/app $* $(RID)

# All that tests start.
tested: libraries pack
	@$(call native,$(NATIVE) $(APPS) test-handler)

# What the tests of handlers start.
test-handler: FORCE | artifacts/prerequisites
	@echo "compiling the tests' handler to native code"
	@$(PUBLISH) tests/Shims.TestHandler -o artifacts/publish/test-handler

# Looked at once: the file goes with `make clean`.
artifacts/prerequisites:
	@scripts/install-prerequisites build
	@mkdir -p artifacts && touch $@

.PRECIOUS: artifacts/prerequisites-linux-%
artifacts/prerequisites-linux-%:
	@scripts/install-prerequisites $(if $(filter linux-$*,$(HOST)),build,$*)
	@mkdir -p artifacts && touch $@

## run: serve the sample scripts and apps with shimctl serve, on a free port whose URL is printed, until ctrl-C
run:
	@scripts/install-prerequisites run
	@$(MAKE) --no-print-directory all pack
	@scripts/run

## demo: serve the sample scripts through a real nginx and a real inetd on loopback, until ctrl-C
demo:
	@scripts/install-prerequisites demo
	@$(MAKE) --no-print-directory all
	@scripts/demo

## test: install what the tests need (as root; else say what is missing), then run all of them
test:
	@scripts/install-prerequisites
	@$(MAKE) --no-print-directory tested
	@scripts/test

## test-long: all tests, and those that repeat themselves in full: sweeps, soaks, fuzzing, restarts under load (an hour or more)
test-long:
	@scripts/install-prerequisites
	@$(MAKE) --no-print-directory tested distribution
	@SHIMS_TEST_LONG=1 scripts/test

## test-distribution: the tests of what other systems get, in virtual machines: arm64, the kernel and C library of Debian 11 (a part of test-long)
test-distribution: distribution
	@SHIMS_TEST_ONLY=suite=distribution scripts/test tests/Shims.ProgramTests

# What those tests start: for each processor, linked with the C library of Debian 11.
.PHONY: distribution
distribution:
	@scripts/install-prerequisites distribution
	@for rid in linux-x64 linux-arm64; do $(MAKE) --no-print-directory RID=$$rid sysroot all || exit 1; done

## lint: check formatting, shell, manual pages, spelling and workflows
.PHONY: lint
lint:
	@scripts/install-prerequisites lint
	@scripts/lint

## format: mend what lint finds of formatting
.PHONY: format
format:
	@scripts/format

## recipes: write the pages of docs/recipes/ anew, from the recipes there
.PHONY: recipes
recipes:
	@UPDATE_RECIPES=1 dotnet test tests/Shims.ControlTests -c Release --nologo -v quiet --filter "FullyQualifiedName~RecipePageTests"

## screenshots: take the pictures in screenshots/ anew
screenshots:
	@scripts/install-prerequisites
	@$(MAKE) --no-print-directory all
	@mkdir -p screenshots
	@UPDATE_SCREENSHOTS=1 dotnet test tests/Shims.BrowserTests -c Release --nologo -v quiet --filter "FullyQualifiedName~ScreenshotTests"

## matrix: check both programs behind every web server, and write the table (docs/compatibility/checks.md)
matrix:
	@scripts/install-prerequisites
	@$(MAKE) --no-print-directory all
	@scripts/matrix

## bench: measure against what the programs replace, in one run, and print the ratios (BENCH="--quick ROW": one row, quickly)
bench:
	@scripts/install-prerequisites
	@$(MAKE) --no-print-directory tested
	@dotnet run -c Release --project tests/Shims.Benchmarks -- $(BENCH)

## install: put programs, manual pages, examples and the package for .NET under PREFIX (default /usr/local); DESTDIR is put before it
install: all pack
	install -d $(DESTDIR)$(PREFIX)/libexec $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/share/shims
	install $(PROGRAMS:%=$(BIN)/%) $(BIN)/libMonoPosixHelper.so $(BIN)/wsgi-run $(DESTDIR)$(PREFIX)/libexec
	install -d $(DESTDIR)$(PREFIX)/bin
	ln -sf ../libexec/shimctl $(DESTDIR)$(PREFIX)/bin/shimctl
	install -d $(COMPLETIONS:%=$(DESTDIR)$(PREFIX)/share/%)
	[ -x bin/shimctl ] || $(MAKE) RID= bin/shimctl # this machine's own, as it is run here
	bin/shimctl completions bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/shimctl
	bin/shimctl completions zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_shimctl
	bin/shimctl completions fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/shimctl.fish
	for program in $(filter-out shimctl,$(PROGRAMS)); do \
		ln -sf shimctl $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$program; \
		ln -sf shimctl.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$program.fish; \
	done
	install -m 644 src/*/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 src/*/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	cp -R inetd-examples nginx-examples webserver-examples $(DESTDIR)$(PREFIX)/share/shims
	install -d $(DESTDIR)$(PREFIX)/share/shims/packages
	install -m 644 artifacts/packages/*.nupkg $(DESTDIR)$(PREFIX)/share/shims/packages
	sed 's|artifacts/packages|packages|' inetd-examples/apps/nuget.config > $(DESTDIR)$(PREFIX)/share/shims/inetd-examples/apps/nuget.config
	sed 's|value="[^"]*"|value="$(PREFIX)/share/shims/packages"|' inetd-examples/apps/nuget.config > $(DESTDIR)$(PREFIX)/share/shims/nuget.config

## uninstall: take away what install has put there
uninstall:
	rm -f $(foreach program,$(PROGRAMS) wsgi-run libMonoPosixHelper.so,$(DESTDIR)$(PREFIX)/libexec/$(program)) $(DESTDIR)$(PREFIX)/bin/shimctl $(foreach program,$(PROGRAMS) wsgi-run,$(DESTDIR)$(PREFIX)/share/man/man[18]/$(program).[18])
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/share/bash-completion/completions/%) $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_shimctl $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/%.fish)
	rm -rf $(DESTDIR)$(PREFIX)/share/shims

## clean: delete everything that was built
clean:
	rm -rf bin artifacts src/*/bin src/*/obj tests/*/bin tests/*/obj

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
