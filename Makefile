all:
	dotnet publish src/scgi-run -o artifacts/publish/scgi-run -v q --nologo
