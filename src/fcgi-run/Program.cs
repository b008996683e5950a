// fcgi-run: answer the FastCGI requests on standard input by running CGI scripts. See fcgi-run(1).
return Shims.Programs.GatewayCommand.Run("fcgi-run", Shims.Gateway.Requests.Protocol.FastCgi, args, Shims.Programs.EarlyWork.Outcome);
