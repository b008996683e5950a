using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.Json;
using Shims.Control.Recipes;
using Shims.Control.Servers;
using Shims.Control.Servers.Apps;
using Shims.Control.Servers.Writing;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary><c>shimctl config</c>: writes the configuration of the web server and of the super-server, ready to paste.</summary>
internal sealed class ConfigCommand : ControlSubcommand
{
    private readonly Option<string?> _recipe = Valued<string?>(RecipeArguments.Option, "NAME",
        "All settings of a program that people run, such as git or awstats; other options change them. list shows the recipes.");
    private readonly Option<string> _web = new("--web") { Description = "The web server. With --recipe, nginx if not given." };
    private readonly Option<string> _super = new("--super") { Description = "The super-server. With --recipe, systemd if not given." };
    private readonly Option<string> _protocol = new("--protocol") { Description = "The protocol between them: scgi, fastcgi, uwsgi or ajp13. Not needed with --recipe." };
    private readonly Option<string> _url = new("--url") { Description = "The path at which browsers ask for it.", HelpName = "/PATH" };
    private readonly Option<string?> _script = Valued<string?>("--script", "FILE", "One CGI script for everything below the URL.");
    private readonly Option<string?> _directory = Valued<string?>("--dir", "DIR",
        "A directory of CGI scripts: the rest of the URL names one.");
    private readonly Option<string?> _app = Valued<string?>("--app", "PROGRAM", "A program with a handler, compiled or as its .cs file; or an app of ASP.NET Core that calls UseShim().");
    private readonly Option<string?> _user = Valued<string?>("--user", "NAME",
        "The user that runs the scripts. Default: that of --web-user; else www-data, www on FreeBSD, _www on macOS.");
    private readonly Option<string?> _webUser = Valued<string?>("--web-user", "NAME",
        "The web server's user, who may connect. Default: www-data, haproxy or caddy; www on FreeBSD, _www on macOS.");
    private readonly Option<string?> _socket = Valued<string?>("--socket", "PATH",
        "The unix socket between them. Default: one in /run/shims, or /var/run, named after the URL.");
    private readonly Option<int?> _port = Valued<int?>("--port", "N", "A TCP port of the loopback interface, instead of a unix socket.");
    private readonly HostOptions _hosts = new();
    private readonly Option<string[]> _env = Valued<string[]>("--env", "NAME=VALUE", "Set a variable of the scripts' environment.");
    private readonly Option<string[]> _allow = Valued<string[]>("--allow-env", "NAME",
        "Pass one more variable of the request to the scripts.");
    private readonly Option<string?> _maxBody = Valued<string?>("--max-body", "SIZE",
        "The largest upload: a number, with K, M or G. Default: 100M.");
    private readonly Option<int?> _readTimeout = Valued<int?>("--read-timeout", "SECONDS",
        "How long a script may send nothing before the web server responds with 504. Default: 60.");
    private readonly Option<int?> _timeout = Valued<int?>("--timeout", "SECONDS",
        "End a script that runs longer; the web server waits for it as long.");
    private readonly Option<string[]> _interpreter = Valued<string[]>("--interpreter", ".EXTENSION=PROGRAM",
        "Run files with this extension by this program, such as .php=/usr/bin/php-cgi.");
    private readonly Option<string?> _index = Valued<string?>("--index", "NAME,...",
        "With --dir: respond for a directory with the first of these files, such as index.php.");
    private readonly Option<string[]> _alias = Valued<string[]>("--alias", "/URL=DIR",
        "Let the web server itself send the files of a directory: pictures and style sheets.");
    private readonly Option<string?> _files = Valued<string?>("--files", ".EXTENSION,...",
        "With --dir: let the web server itself send files of the directory with these extensions, such as .css,.png.");
    private readonly Option<string[]> _deny = Valued<string[]>("--deny", "/URL",
        "Let the web server refuse all paths that begin with this one.");
    private readonly Option<string?> _statusPath = Valued<string?>("--status-path", "/URL",
        "The path of the gateway's status page, such as /shims-status. The web server refuses it until you let somebody in.");
    private readonly Option<string[]> _writable = Valued<string[]>("--writable", "DIR",
        "A directory that the scripts write to; systemd keeps them from all others.");
    private readonly Option<string?> _userAuth = Valued<string?>("--user-auth", "FILE",
        "Let only the users of this file come in, which htpasswd(1) makes; scripts find the name in REMOTE_USER.");
    private readonly Option<bool> _wait = new("--wait") { Description = "One process for all requests instead of one for each." };
    private readonly Option<bool> _nowait = new("--nowait") { Description = "One process for each connection, also for an app of ASP.NET Core." };
    private readonly Option<int?> _processes = Valued<int?>("--processes", "N", "With --wait: so many processes, among which Apache divides the requests.");
    private readonly Option<bool> _json = new("--json") { Description = "Write the configuration files as JSON." };

    internal ConfigCommand()
        : base("config", "Writes the configuration of web server and super-server, consistent with each other, ready to paste.",
            new Example("shimctl config --web nginx --super inetd --protocol scgi --url /cgi-bin --dir /srv/cgi-bin",
                "A directory of scripts, one process per request."),
            new Example("shimctl config --web apache --super systemd --protocol fastcgi --url /awstats/awstats.pl --script " +
                "/usr/lib/cgi-bin/awstats.pl --read-timeout 600 --wait", "One script; one gateway process for all requests."),
            new Example("shimctl config --web nginx --super inetd --protocol scgi --url /wsgi --dir /srv/wsgi --interpreter " +
                ".wsgi=/usr/local/libexec/wsgi-run --user-auth /etc/nginx/users --alias /static=/srv/static",
                "A directory of WSGI applications, for users with a password."),
            new Example("shimctl config --web apache --super systemd --protocol ajp13 --port 8009 --url /cgi-bin --dir /srv/cgi-bin --wait",
                "For mod_proxy_ajp, with the secret that a port needs."),
            new Example("shimctl config --recipe git --super inetd", "Git over HTTP, with users who have a password."),
            new Example("shimctl config --recipe list", "The programs that there is a recipe for."))
    {
        _user.CompletionSources.Add(static _ => UserNames.All.Select(static name => new CompletionItem(name)));
        _webUser.CompletionSources.Add(static _ => UserNames.All.Select(static name => new CompletionItem(name)));
        _web.OneOf([.. ServerKinds.All.Where(kind => kind.IsWebServer).Select(kind => kind.Word)]);
        _super.OneOf([.. ServerKinds.All.Where(kind => !kind.IsWebServer).Select(kind => kind.Word)]);
        _protocol.OneOf([.. Protocols.Known.Select(protocol => protocol.Word)]);
        _recipe.CompletionSources.Add(static _ => RecipeCatalog.Names.Append(RecipeArguments.List)
            .Select(static name => new CompletionItem(name)));
        _recipe.Validators.Add(ConfigValues.Recipe);
        foreach (Option<string?> path in new[] { _script, _directory, _app, _socket, _userAuth })
            path.Validators.Add(ConfigValues.Path);
        foreach (Option<string?> name in new[] { _user, _webUser })
            name.Validators.Add(ConfigValues.Path);
        _url.Validators.Add(option => ConfigValues.Url(option, (option.Parent as CommandResult)?.GetResult(_app) is not null));
        _port.Validators.Add(ConfigValues.Port);
        _processes.Validators.Add(ConfigValues.Processes);
        _env.Validators.Add(CheckVariables);
        foreach (Option<string[]> words in new[] { _env, _allow, _interpreter, _alias, _deny, _writable })
            words.Validators.Add(ConfigValues.Words);
        _maxBody.Validators.Add(ConfigValues.Size);
        foreach (Option<int?> seconds in new[] { _timeout, _readTimeout })
            seconds.Validators.Add(ConfigValues.Seconds);
        _interpreter.Validators.Add(InterpreterValues.Check);
        _index.Validators.Add(ConfigValues.Words);
        _index.Validators.Add(InterpreterValues.CheckIndexes);
        _alias.Validators.Add(ConfigValues.Aliases);
        _files.Validators.Add(ConfigValues.Extensions);
        foreach (Option paths in new Option[] { _deny, _writable, _statusPath })
            paths.Validators.Add(ConfigValues.Paths);
        Validators.Add(CheckTarget);
        Validators.Add(CheckPair);
        foreach (Option option in new Option[] { _recipe, _web, _super, _protocol, _url, _script, _directory, _app, _user, _webUser,
            _socket, _port, _env, _allow, _maxBody, _timeout, _readTimeout, _interpreter, _index, _files, _alias, _deny, _statusPath, _userAuth, _writable,
            _wait, _nowait, _processes, _hosts.Hosts, _hosts.AllowFrom, _json })
            Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        if (result.GetValue(_recipe) == RecipeArguments.List)
            return RecipeList.Write(result.GetValue(_json));
        IReadOnlyList<ConfigurationSnippet> pieces = Pieces(result);
        if (!result.GetValue(_json))
            ConfigurationText.Write(pieces);
        else
            Console.WriteLine(JsonSerializer.Serialize(pieces, ConfigurationJson.Default.IReadOnlyListConfigurationSnippet));
        return (int)ExitCode.Served;
    }

    /// <summary>The texts of a command line without mistakes.</summary>
    internal IReadOnlyList<ConfigurationSnippet> Pieces(ParseResult result)
    {
        ServerKind super = ServerKinds.OfWord(result.GetValue(_super))!, web = ServerKinds.OfWord(result.GetValue(_web))!;
        string url = result.GetValue(_url)!.Trim('/') is { Length: > 0 } path ? "/" + path : "";
        (TargetKind kind, string target) = result switch
        {
            _ when result.GetValue(_script) is { } script => (TargetKind.Script, script),
            _ when result.GetValue(_directory) is { } directory => (TargetKind.Directory, directory),
            _ => (TargetKind.App, result.GetValue(_app)!),
        };
        target = Path.GetFullPath(target).TrimEnd('/');
        PublishedApp? aspNet = kind == TargetKind.App ? PublishedApp.Find(target) : null;
        var deployment = new Deployment
        {
            Protocol = Spoken(result.GetValue(_protocol)),
            Url = url,
            Kind = kind,
            Target = target,
            AspNet = aspNet,
            Address = result.GetValue(_port) is { } port ? ListenAddress.Tcp(port)
                : ListenAddress.Unix(Path.GetFullPath(result.GetValue(_socket)
                    ?? $"{super.UsualSocketFolder}/{Deployment.NameOf(url, target)}.sock")),
            User = result.GetValue(_user) ?? result.GetValue(_webUser) ?? super.UsualUser,
            Environment = result.GetValue(_env) ?? [],
            AllowedNames = result.GetValue(_allow) ?? [],
            MaxBody = result.GetValue(_maxBody) is { } size ? BodySize.Parse(size) : null,
            ReadTimeout = result.GetValue(_readTimeout),
            Timeout = result.GetValue(_timeout),
            Interpreters = result.GetValue(_interpreter) ?? [],
            Index = result.GetValue(_index),
            Aliases = [.. (result.GetValue(_alias) ?? []).Select(FileAlias.Parse)],
            FileExtensions = result.GetValue(_files)?.Split(',') ?? [],
            DeniedUrls = result.GetValue(_deny) ?? [],
            StatusPath = result.GetValue(_statusPath),
            WritableFolders = result.GetValue(_writable) ?? [],
            UserFile = result.GetValue(_userAuth) is { } file ? Path.GetFullPath(file) : null,
            WebUser = result.GetValue(_webUser) ?? web.UserUnder(super),
            Waits = result.GetValue(_wait) || super.MustWait || (aspNet is not null && super.CanWait && !result.GetValue(_nowait)),
            Processes = result.GetValue(_processes) ?? 1,
            ProgramFolder = KnownPrograms.Folder,
            Hosts = HostOptions.Split(result.GetValue(_hosts.Hosts)),
            AllowedPeers = HostOptions.Split(result.GetValue(_hosts.AllowFrom)),
        };
        ConfigurationSnippet? first = result.GetValue(_recipe) is { } recipe ? RecipeCatalog.Find(recipe)!.FirstSteps(deployment) : null;
        return [.. first is null ? [] : new[] { first }, .. ConfigurationPlan.Write(web, super, deployment)];
    }

    private static Protocol Spoken(string? word) => Protocols.OfWord(word) ?? Protocols.FastCgi;

    private void CheckTarget(CommandResult command)
    {
        // A wrong recipe has its own message.
        if (Given(command, _recipe) is { } recipe && (recipe == RecipeArguments.List || RecipeCatalog.Find(recipe) is null))
            return;
        foreach (Option required in new Option[] { _web, _super, _protocol, _url })
        {
            if (command.GetResult(required) is null)
                command.AddError($"{required.Name} is missing: give it, or --recipe NAME with the settings of a program");
        }
        if (command.GetResult(_directory) is null && (command.GetResult(_index) is not null || command.GetResult(_files) is not null))
            command.AddError("--index and --files are for a directory of scripts: give --dir");
        if (command.GetResult(_app) is not null && command.GetResult(_interpreter) is not null)
            command.AddError("--interpreter does not apply to --app, which is a program itself: leave it out, or give --dir or --script");
        if (Given(command, _script) is { } file && Given(command, _interpreter) is { Length: > 0 } interpreters
            && !interpreters.Any(interpreter => file.EndsWith(interpreter.Split('=')[0], StringComparison.Ordinal)))
        {
            command.AddError($"--interpreter names none for {file}: give one for its extension, or leave it out");
        }
        if (command.GetResult(_app) is not null && command.GetResult(_timeout) is not null)
            command.AddError("--timeout does not apply to --app, which has options of its own: leave it out");
        if (command.GetResult(_app) is not null && command.GetResult(_allow) is not null)
            command.AddError("--allow-env does not apply to --app, which sees all variables of the request: leave it out");
        if (Given(command, _script) is { } script && Given(command, _url) is { } url
            && KnownPrograms.Objection(script, url, Given(command, _env) ?? []) is { } objection)
        {
            command.AddError(objection);
        }
        int count = new Option[] { _script, _directory, _app }.Count(option => command.GetResult(option) is not null);
        if (count != 1)
        {
            command.AddError(count == 0 ? "--script, --dir or --app is missing: give one of them, for example --dir /srv/cgi-bin"
                : "--script, --dir and --app cannot be combined: give one of them");
        }
        if (command.GetResult(_socket) is not null && command.GetResult(_port) is not null)
            command.AddError("--socket and --port cannot be combined: give one of them");
    }

    private void CheckPair(CommandResult command)
    {
        if (ServerKinds.OfWord(Given(command, _web)) is not { IsWebServer: true } web
            || ServerKinds.OfWord(Given(command, _super)) is not { IsWebServer: false } super)
        {
            return;
        }
        Protocol protocol = Spoken(Given(command, _protocol));
        if (ConfigurationPlan.Objection(web, super, protocol, command.GetResult(_port) is not null, Given(command, _recipe)) is { } refusal)
            command.AddError(refusal);
        foreach ((Option option, string? objection) in new (Option, string?)[] { (_alias, web.WithoutAlias), (_files, web.WithoutAlias),
            (_deny, web.WithoutDeny), (_userAuth, web.WithoutUserFile) })
        {
            if (command.GetResult(option) is null || objection is null)
                continue;
            command.AddError(Given(command, _recipe) is not { } name ? objection
                : option == _userAuth && RecipeCatalog.Find(name)!.NeedsLogin ? $"the recipe {name} needs a log-in: use another --web; {objection}"
                : $"{objection}; the recipe {name} sets {option.Name}, and {option.Name} {RecipeArguments.None} takes it away");
        }
        if (Given(command, _processes) is > 1 and { } processes && ConfigurationPlan.ObjectionToProcesses(web, protocol,
            Given(command, _wait) || super.MustWait, Given(command, _port) is { } first ? first + processes - 1 : 0) is { } objectionToMore)
        {
            command.AddError(objectionToMore);
        }
        if (_hosts.Objection(command, web, super, command.GetResult(_port) is not null) is { } objectionToHosts)
            command.AddError(objectionToHosts);
        if (ConfigurationPlan.ObjectionToLife(super, Given(command, _wait), Given(command, _nowait)) is { } objectionToLife)
            command.AddError(objectionToLife);
        else if (Given(command, _app) is { } app && ConfigurationPlan.ObjectionToApp(super, protocol, Path.GetFullPath(app), Given(command, _nowait)) is { } objectionToApp)
            command.AddError(objectionToApp);
    }
}
