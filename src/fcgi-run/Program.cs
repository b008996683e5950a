// fcgi-run: answer the FastCGI requests on standard input by running CGI scripts. See fcgi-run(8).
return Shims.Programs.GatewayCommand.Run("fcgi-run", Shims.Gateway.Connections.Protocols.FastCgi, args, Shims.Programs.EarlyWork.Outcome);
