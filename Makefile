# Everything that people and CI do with this repository. `make help` lists it.

PROGRAMS = scgi-run fcgi-run uwsgi-run ajp-run shim-dotnet shimctl
PREFIX = /usr/local
DESTDIR =

# For another processor than this machine's: RID=linux-arm64. Its programs and apps are in artifacts/linux-arm64/bin.
RID =
BIN = $(if $(RID),artifacts/$(RID)/bin,bin)
PUBLISHED = artifacts/$(if $(RID),$(RID)/)publish
STRIP = $(patsubst linux-x64,x86_64-linux-gnu-,$(patsubst linux-arm64,aarch64-linux-gnu-,$(RID)))strip

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
.PHONY: all begin libraries pack apps tested test-handler sysroot entry run demo screenshots test test-long test-distribution matrix bench install uninstall clean help FORCE

# Compiles native programs side by side, once the libraries that they share are there: $(call native,TARGET...).
native = $(MAKE) --no-print-directory -j "$$(getconf _NPROCESSORS_ONLN)" PUBLISH="$(PUBLISH) -p:BuildProjectReferences=false" $(1)
# Without analyzers: the solution's build, which comes before each test run, has them.
PUBLISH = dotnet publish -c Release -v quiet --nologo -p:RunAnalyzers=false $(RID:%=-p:ShimsRuntimeIdentifier=%)

## all: compile the native programs into bin/ (the default; RID=linux-arm64: for that processor, and the sample apps, into artifacts/linux-arm64/bin)
all: begin libraries pack $(if $(RID),entry)
	@$(call native,$(NATIVE) $(if $(RID),$(APPS)))
	@$(if $(RID),scripts/notices artifacts/$(RID)/THIRD-PARTY-NOTICES.txt $(RID),$(finished))

# When the last whole build began: see scripts/stale. The notices are of what it has linked.
begin: | artifacts/prerequisites
	@touch artifacts/begun
finished = scripts/notices artifacts/THIRD-PARTY-NOTICES.txt && touch -r artifacts/begun artifacts/built

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
HOST := $(shell scripts/rid)

## sysroot: fetch the C library of Debian 11, without root: shimctl is linked with it from then on, and runs on glibc 2.31 and later
sysroot:
	@scripts/sysroot $(TARGET)

# The code that runs first can run before the C library where that has been made for the processor and system.
entry: libraries
	@[ "$$(dotnet msbuild src/scgi-run -getProperty:EarlyEntry -p:ShimsRuntimeIdentifier=$(RID))" != main ] || echo "for $(RID) there is no path before the C library: the programs begin in main"

# Mono.Posix asks its own small library for users and groups.
$(BIN)/libMonoPosixHelper.so: $(BIN)/shimctl
	@$(STRIP) --strip-unneeded -o $(PUBLISHED)/$(@F).stripped $(PUBLISHED)/shimctl/$(@F)
	@cmp -s $(PUBLISHED)/$(@F).stripped $@ || install $(PUBLISHED)/$(@F).stripped $@

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
tested: begin libraries pack
	@$(call native,$(NATIVE) $(APPS) test-handler)
	@$(finished)

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

## test-distribution: the tests of packages, and of what other systems get, in virtual machines: arm64, the kernel and C library of Debian 11 (a part of test-long)
test-distribution:
	@scripts/install-prerequisites
	@$(MAKE) --no-print-directory tested distribution
	@SHIMS_TEST_ONLY=suite=distribution scripts/test tests/Shims.ProgramTests
	@SHIMS_TEST_ONLY=extent=whole scripts/test tests/Shims.PackageTests

# What those tests start: for each processor, linked with the C library of Debian 11.
.PHONY: distribution
distribution:
	@scripts/install-prerequisites distribution
	@for rid in linux-x64 linux-arm64; do $(MAKE) --no-print-directory RID=$$rid sysroot all || exit 1; done

## portable: compile the gateways for every system that .NET is for (docs/portable.md), natively for this one, into artifacts/portable/programs
.PHONY: portable portable-il test-portable
portable:
	@for program in $(GATEWAYS); do echo "compiling $$program for every system"; dotnet publish -c Release -v quiet --nologo -p:RunAnalyzers=false -p:ShimsPortable=true src/$$program -o artifacts/portable/publish/$$program || exit 1; \
	mkdir -p artifacts/portable/programs && install artifacts/portable/publish/$$program/$$program artifacts/portable/programs/$$program || exit 1; done

GATEWAYS = scgi-run fcgi-run uwsgi-run ajp-run

## portable-il: compile the same only as far as it is the same for all of them, for RID=osx-arm64 or another
portable-il:
	@for program in $(GATEWAYS); do dotnet build -c Release -v quiet --nologo -clp:NoSummary -p:RunAnalyzers=false -p:ShimsPortable=true -p:PublishAot=false -p:UseAppHost=false -r $(or $(RID),osx-arm64) --no-self-contained src/$$program || exit 1; done

## test-portable: tests of the gateways (tests/portable.txt) once more, of what make portable has compiled
test-portable:
	@scripts/test-portable

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
install: $(if $(RID),all,$(if $(filter install,$(MAKECMDGOALS)),$(shell scripts/stale)))
	@[ -x bin/shimctl ] || $(MAKE) --no-print-directory RID= bin/shimctl # for the completions
	@tree=$$(mktemp -d) && trap 'rm -rf "$$tree"' EXIT && scripts/stage "$$tree" $(BIN) bin/shimctl && "$$tree/install.sh" --prefix "$(PREFIX)" --destdir "$(DESTDIR)"

# What scripts/stale asks for where bin/ is old and root would leave files in a folder of yours.
make-first:
	@echo "bin/ is not up to date: run make first, as yourself; then sudo make install, which compiles nothing" >&2; exit 1

## uninstall: take away what install has put there
uninstall:
	@packaging/install.sh --uninstall --prefix "$(PREFIX)" --destdir "$(DESTDIR)"

## packages: make .deb, .rpm, .tar.gz and the packages for NuGet, with their sums, in artifacts/dist; nothing of it needs root
.PHONY: packages sbom make-first
packages:
	@scripts/install-prerequisites packages
	@$(MAKE) --no-print-directory sysroot all
	@$(MAKE) --no-print-directory RID=linux-arm64 sysroot all
	@scripts/sbom
	@scripts/packages

## sbom: list what is linked into each program, in artifacts/sbom (CycloneDX)
sbom:
	@scripts/install-prerequisites packages
	@$(MAKE) --no-print-directory all
	@scripts/sbom

## clean: delete everything that was built
clean:
	rm -rf bin artifacts src/*/bin src/*/obj tests/*/bin tests/*/obj packaging/nuget/*/bin packaging/nuget/*/obj

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
