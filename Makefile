all: bin/scgi-run bin/fcgi-run

bin/%: FORCE
	@scripts/native-framework
	dotnet publish src/$* -c Release -o artifacts/publish/$* -v q --nologo
	@mkdir -p bin && cp artifacts/publish/$*/$* bin/$*
FORCE:
