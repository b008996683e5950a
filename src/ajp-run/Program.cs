// ajp-run: answer the AJP13 requests on standard input by running CGI scripts. See ajp-run(8).
return Shims.Programs.GatewayCommand.Run("ajp-run", Shims.Gateway.Connections.Protocols.Ajp13, args, default);
