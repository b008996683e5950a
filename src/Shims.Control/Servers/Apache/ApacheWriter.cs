using System.Text.RegularExpressions;
using Shims.Control.Servers.Writing;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Apache;

/// <summary>Apache 2.4: mod_proxy_scgi, mod_proxy_fcgi, mod_proxy_uwsgi, mod_proxy_ajp. https://httpd.apache.org/docs/2.4/mod/mod_proxy_fcgi.html</summary>
internal static class ApacheWriter
{
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        string scheme = deployment.Protocol.Scheme;
        string handler = deployment.Address.Path is { } path
            ? $"proxy:unix:{path}|{scheme}://{deployment.Name}"
            : $"proxy:{scheme}://{deployment.Address}";
        string slash = deployment.Kind == TargetKind.Directory || deployment.IsWholeSite ? "/" : "";
        string meaning = deployment.Kind == TargetKind.Directory
            ? $"{deployment.Url}/NAME/more: the script NAME, with /more as PATH_INFO. NAME may lie in a folder of its own."
            : deployment.IsWholeSite ? "The whole site is the app." : $"{deployment.Url} and what is below it, which is PATH_INFO.";
        const string place = "Apache: into the <VirtualHost> of the site, such as /etc/apache2/sites-available/000-default.conf";
        string chunked = deployment.Protocol == Protocols.Scgi || deployment.Protocol == Protocols.Uwsgi
            ? $"; one of unknown length (chunked) gets 411 from mod_proxy_{scheme}"
            : "";
        if (PassesUrl(deployment))
        {
            yield return ByUrl(deployment, place, slash, meaning, chunked);
            yield break;
        }
        yield return new ConfigurationSnippet(place, "apachectl configtest && apachectl graceful", $"""
            {Aliases(deployment)}# {meaning} Apache finds the file by this line, and so knows where PATH_INFO begins.
            Alias "{deployment.Url}{slash}" "{deployment.Target}{slash}"
            <Location "{deployment.Url}{slash}">
                {Access(deployment)}
                # The address counts; what follows the | is a protocol and a name that Apache tells backends apart by.
                SetHandler "{handler}"
                {(deployment.AllowedNames.Contains("HTTP_AUTHORIZATION")
                    ? "# The script checks passwords itself.\n    CGIPassAuth On"
                    : "# Scripts that check passwords themselves want: CGIPassAuth On "
                        + $"(and --allow-env HTTP_AUTHORIZATION of {deployment.ProgramName}).")}
                # Uploads: the largest one, in bytes{chunked}.
                LimitRequestBody {deployment.UploadLimit.Bytes}
            </Location>{Slash(deployment)}{PlainFiles(deployment)}{Denied(deployment)}
            # Else a %2F in the path is answered with 404.
            AllowEncodedSlashes NoDecode{Port(deployment)}
            # How long there may be silence before Apache answers 504. It holds for the whole site: of several, keep the longest.
            ProxyTimeout {deployment.SilenceLimit}

            """)
        { First = $"a2enmod proxy_{scheme}" };
    }

    private static string Slash(Deployment deployment) => !deployment.NeedsSlash ? "" : $"""

        # The links of its pages are relative to the URL with the slash.
        RedirectMatch 301 "^{Regex.Escape(deployment.Url)}$" "{deployment.Url}/"
        """;

    /// <summary>True if Apache sends the URL alone: AJP13 names no file, and over uwsgi that of an app would be taken for a script.</summary>
    private static bool PassesUrl(Deployment deployment) => deployment.Protocol == Protocols.Ajp13
        || deployment.IsWholeSite || deployment.AspNet is not null || (deployment.Protocol == Protocols.Uwsgi && deployment.Kind == TargetKind.App);

    private static ConfigurationSnippet ByUrl(Deployment deployment, string place, string slash, string meaning, string chunked) =>
        new(place, "apachectl configtest && apachectl graceful", $"""
            {Aliases(deployment)}{Exceptions(deployment)}# {meaning} Apache passes the URL on{(deployment.Kind == TargetKind.App ? "" : $", and {deployment.ProgramName} finds the script")}.
            {(deployment.SecretFile is null ? string.Join('\n', ApacheProxyPass.LinesOf(deployment)) : $"""
            # The addresses with the secret, which only root may read.
            Include {ApacheProxyPass.SecretSettingOf(deployment)}
            """)}{Division(deployment)}
            <Location "{deployment.Url}{slash}">
                {Access(deployment)}
                # Uploads: the largest one, in bytes{chunked}.
                LimitRequestBody {deployment.UploadLimit.Bytes}
            </Location>{Slash(deployment)}{Denied(deployment)}
            # Else a %2F in the path is answered with 404.
            AllowEncodedSlashes NoDecode{Port(deployment)}
            # How long there may be silence before Apache answers 504. It holds for the whole site: of several, keep the longest.
            ProxyTimeout {deployment.SilenceLimit}

            """)
        { First = $"a2enmod proxy_{deployment.Protocol.Scheme}{(deployment.Processes == 1 ? "" : " proxy_balancer lbmethod_byrequests")}" };

    private static string Division(Deployment deployment) => deployment.Processes == 1 ? "" : $"""

        # Each process is asked before a request (ping) whether it is there. If not, the request goes to another one, and it is tried again later (retry).
        {ApacheProxyPass.DivisionOf(deployment)}
        """;

    /// <summary>What is not passed on. The first line that fits counts, so these come before the others.</summary>
    private static string Exceptions(Deployment deployment) => string.Concat(deployment.Aliases.Select(static alias => $"""
        ProxyPass "{alias.Url}/" !

        """)) + (deployment.FileExtensions.Count == 0 ? "" : $"""
        # Files that Apache sends itself. What is not one of these is {deployment.ProgramName}'s, and never sent as text.
        Alias "{deployment.Url}/" "{deployment.Target}/"
        ProxyPassMatch "{deployment.FilePattern}" !

        """);

    private static string Port(Deployment deployment) =>
        deployment.Protocol == Protocols.Uwsgi ? "\n# Else scripts are told port 80, whichever it is.\nUseCanonicalPhysicalPort On" : "";

    private static string Access(Deployment deployment) => deployment.UserFile is null ? "Require all granted" : $"""
        # The users of this file may come in: htpasswd {deployment.UserFile} NAME adds one, with -c for the first.
            AuthType Basic
            AuthName "{deployment.Name}"
            AuthUserFile "{deployment.UserFile}"
            Require valid-user
        """;

    /// <summary>Of two aliases for one path the first one counts, of two locations the last one.</summary>
    private static string Aliases(Deployment deployment) => string.Concat(deployment.Aliases.Select(alias => $"""
        # Files that Apache sends itself.
        Alias "{alias.Url}/" "{alias.Folder}/"
        <Directory "{alias.Folder}/">
            {Access(deployment)}
        </Directory>

        """));

    private static string PlainFiles(Deployment deployment) => string.Concat(deployment.Aliases.Select(alias => $"""

        <Location "{alias.Url}/">
            SetHandler None
        </Location>
        """)) + (deployment.FileExtensions.Count == 0 ? "" : $"""

        # Files that Apache sends itself. What is not one of these is {deployment.ProgramName}'s, and never sent as text.
        <LocationMatch "{deployment.FilePattern}">
            SetHandler None
        </LocationMatch>
        """);

    private static string Denied(Deployment deployment) => string.Concat(deployment.DeniedUrls.Select(static url => $"""

        # Never sent, and never run.
        <LocationMatch "^{Regex.Escape(url)}">
            Require all denied
        </LocationMatch>
        """)) + (deployment.StatusPath is not { } status ? "" : $"""

        # What {deployment.ProgramName} does and has done: shimctl status asks for it at the socket.
        <Location "{status}">
            Require all denied
        </Location>
        """);
}
