// uwsgi-run: answer the uwsgi request on standard input by running a CGI script. See uwsgi-run(8).
return Shims.Programs.GatewayCommand.Run("uwsgi-run", Shims.Gateway.Connections.Protocols.Uwsgi, args, default);
