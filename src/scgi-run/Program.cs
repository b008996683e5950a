// scgi-run: answer the SCGI request on standard input by running a CGI script. See scgi-run(8).
return Shims.Programs.GatewayCommand.Run("scgi-run", Shims.Gateway.Connections.Protocols.Scgi, args, Shims.Programs.EarlyWork.Outcome);
