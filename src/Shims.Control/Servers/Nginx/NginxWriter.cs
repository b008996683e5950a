using System.Text.RegularExpressions;
using Shims.Control.Servers.Writing;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Nginx;

/// <summary>nginx: a location. https://nginx.org/en/docs/http/ngx_http_scgi_module.html, ngx_http_fastcgi_module.html,
/// ngx_http_uwsgi_module.html</summary>
internal static class NginxWriter
{
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        string word = deployment.Protocol.Word;
        string address = deployment.Address.Path is { } path ? $"unix:{path}" : deployment.Address.ToString();
        bool isGroup = deployment.KeepsConnections || deployment.Hosts.Count > 0;
        if (isGroup)
        {
            yield return Group(deployment);
            address = deployment.Name;
        }
        const string place = "nginx: into the server { } block of the site, such as /etc/nginx/sites-available/default";
        yield return new ConfigurationSnippet(place, "nginx -t && nginx -s reload", $$"""
            # Scripts make links of HTTP_HOST, and Debian's {{word}}_params send it without the port of the site.
            set $site_port "";
            if ($server_port !~ "^(80|443)$") { set $site_port :$server_port; }

            {{Denied(deployment)}}{{Status(deployment, word, address)}}{{Slash(deployment)}}{{Files(deployment)}}# {{Meaning(deployment)}}
            location {{Pattern(deployment)}} {
                {{Passwords(deployment)}}# {{(isGroup ? $"The group of that name{(deployment.KeepsConnections ? "; connections to it are kept" : "")}." : $"The address that the super-server listens at; {deployment.ProgramName} speaks {deployment.Protocol.Name} there.")}}
                {{word}}_pass {{address}};{{(deployment.KeepsConnections ? "\n    fastcgi_keep_conn on;" : "")}}{{Retries(deployment, word)}}
                # What a request is described by. Of two settings of one name the later one counts, so this comes first.
                # SERVER_NAME is the server_name of this site, whatever the visitor typed.
                include {{word}}_params;
                {{word}}_param HTTP_HOST          $host$site_port;
                {{ScriptFile(deployment, word)}}
                {{Name(deployment, word)}}
                {{Additions(deployment)}}
                # Uploads: the largest one. And how long there may be silence before nginx answers 504.
                client_max_body_size {{deployment.UploadLimit.ToString().ToLowerInvariant()}};
                {{word}}_read_timeout {{deployment.SilenceLimit}}s;{{Streaming(deployment)}}
            }
            {{Aliases(deployment)}}
            """);
    }

    private static ConfigurationSnippet Group(Deployment deployment) => new(
        $"nginx: into the http {{ }} block, such as a file of its own, /etc/nginx/conf.d/{deployment.Name}.conf", "", $$"""
        # {{Addresses(deployment)}} the {{(deployment.Kind == TargetKind.App ? "app" : "gateway")}} speaks {{deployment.Protocol.Name}} there.
        upstream {{deployment.Name}} {
        {{Servers(deployment)}}{{(deployment.KeepsConnections ? "    # So many connections are kept by each process of nginx while nothing is asked.\n    keepalive 8;\n" : "")}}}

        """);

    private static string Addresses(Deployment deployment) => deployment.Hosts.Count > 0 ? "The addresses that the super-servers listen at;" : "The address that the super-server listens at;";

    private static string Servers(Deployment deployment) => deployment.Hosts.Count == 0
        ? $"    server {(deployment.Address.Path is { } path ? $"unix:{path}" : deployment.Address.ToString())};\n"
        : $"    # All workers know what one of them has noticed, and a host that has failed once gets no request for ten seconds.\n    zone {deployment.Name} 64k;\n"
            + string.Concat(deployment.Members.Select(static host => $"    server {host.Address} max_fails=1 fail_timeout=10s;\n"));

    private static string Retries(Deployment deployment, string word) => deployment.Hosts.Count == 0 ? "" : $"""

            # A host that is switched off does not refuse a connection: it is silent.
            {word}_connect_timeout 2s;
            # A GET whose host dies goes to another one; a POST only before it has been sent, so that no script runs twice for it.
            # Where scripts may run twice, add: {word}_next_upstream error timeout non_idempotent;
        """;

    private static string Meaning(Deployment deployment) => deployment.IsWholeSite ? "The whole site is the app."
        : deployment.Kind == TargetKind.Directory
        ? $"{deployment.Url}/NAME/more: the script NAME, with /more as PATH_INFO. NAME may lie in a folder of its own."
        : $"{deployment.Url} and what is below it, which is PATH_INFO; but not {deployment.Url}2.";

    /// <summary>The text after the word location.</summary>
    /// <remarks>
    /// A prefix without a slash at its end would also match /blog2 where /blog is meant. In a pattern (?s) lets the dot match every
    /// character, line feeds too.
    /// </remarks>
    private static string Pattern(Deployment deployment) => deployment switch
    {
        { IsWholeSite: true } => "/",
        { Kind: not TargetKind.Directory } => $"~ ^(?<script>{Regex.Escape(deployment.Url)})(?<path_info>/.*)?$",
        // ^~ would keep nginx from looking for the expression of files.
        { IsBelowDocumentRoot: true, FileExtensions.Count: > 0 } => $"~ ^{Regex.Escape(deployment.Url)}/",
        { IsBelowDocumentRoot: true } => $"^~ {deployment.Url}/",
        { Index: not null } => $"~ (?s)^{Regex.Escape(deployment.Url)}/(?<name>.*)",
        _ => $"~ (?s)^{Regex.Escape(deployment.Url)}/(?<name>.+)",
    };

    private static string ScriptFile(Deployment deployment, string word) => deployment.Kind switch
    {
        TargetKind.Directory => $"""
            # Which file to run. {deployment.ProgramName} finds out where the script ends and PATH_INFO begins,
                # and refuses all that is outside of its folder.
                {word}_param SCRIPT_FILENAME    {(deployment.IsBelowDocumentRoot
                    ? $"{deployment.Parent}$uri"
                    : $"{deployment.Target}/$name")};
            """,
        TargetKind.Script => $"""
            # For the script's information: {deployment.ProgramName} runs this one whatever is asked for.
                {word}_param SCRIPT_FILENAME    {deployment.Target};
            """,
        _ => $"""
            # No script file: the app is the program itself.
                {word}_param SCRIPT_FILENAME    "";
            """,
    };

    private static string Name(Deployment deployment, string word) => deployment.IsWholeSite
        ? $"""
          # The app is at the root of the site, and all of the path is its own.
              {word}_param SCRIPT_NAME        "";
              {word}_param PATH_INFO          $uri;
          """
        : deployment.Kind == TargetKind.Directory
        ? $"""
          # How the visitor calls it, with PATH_INFO, which {deployment.ProgramName} takes off.
              {word}_param SCRIPT_NAME        $uri;{(deployment.Protocol == Protocols.Uwsgi
                  ? "\n    # nginx's own uwsgi_params set it to the whole path.\n    uwsgi_param PATH_INFO          \"\";"
                  : "")}
          """
        : $"""
          # How the visitor calls it; without these two it would be taken for something else.
              {word}_param SCRIPT_NAME        $script;
              {word}_param PATH_INFO          $path_info;
          """;

    private static string Aliases(Deployment deployment) => string.Concat(deployment.Aliases.Select(alias => $$"""

        # Files that nginx sends itself.
        location ^~ {{alias.Url}}/ {
            {{Passwords(deployment)}}alias {{alias.Folder}}/;
        }

        """));

    private static string Denied(Deployment deployment) => string.Concat(deployment.DeniedUrls.Select(static url => $$"""
        # Never sent, and never run.
        location ^~ {{url}} {
            deny all;
        }


        """));

    private static string Status(Deployment deployment, string word, string address) => deployment.StatusPath is not { } path ? "" : $$"""
        # What {{deployment.ProgramName}} does and has done, as text, ?json and ?openmetrics. shimctl status asks for it at the socket;
        # to see it here, let an address in before all others are refused: allow 127.0.0.1;
        location = {{path}} {
            deny all;
            {{word}}_pass {{address}};
            include {{word}}_params;
            {{word}}_param SCRIPT_NAME        {{path}};
        }


        """;

    private static string Slash(Deployment deployment) => !deployment.NeedsSlash ? "" : $$"""
        # The links of its pages are relative to the URL with the slash.
        location = {{deployment.Url}} {
            return 301 {{deployment.Url}}/$is_args$args;
        }


        """;

    private static string Files(Deployment deployment) => deployment.FileExtensions.Count == 0 ? "" : $$"""
        # Files that nginx sends itself. What is not one of these is {{deployment.ProgramName}}'s, and never sent as text.
        location ~ {{deployment.FilePattern}} {
            {{Passwords(deployment)}}alias {{deployment.Target}}/$file;
        }


        """;

    private static string Passwords(Deployment deployment) => deployment.UserFile is null ? "" : $"""
        # The users of this file may come in: htpasswd {deployment.UserFile} NAME adds one, with -c for the first.
            auth_basic "{deployment.Name}";
            auth_basic_user_file {deployment.UserFile};

        """ + "    ";

    // nginx's scgi_params lack SERVER_SOFTWARE and REMOTE_USER; Debian's fastcgi_params pass on whatever name the browser claims.
    private static string Additions(Deployment deployment) => deployment.UserFile is not null
        ? $"""
          # The name of the user who has logged in.
              {deployment.Protocol.Word}_param REMOTE_USER        $remote_user;
              {deployment.Protocol.Word}_param SERVER_SOFTWARE    nginx/$nginx_version;
          """
        : deployment.Protocol != Protocols.FastCgi
        ? $"""
          # nginx's own {deployment.Protocol.Word}_params lack this one; with auth_basic, and only then, add: {deployment.Protocol.Word}_param REMOTE_USER $remote_user;
              {deployment.Protocol.Word}_param SERVER_SOFTWARE    nginx/$nginx_version;
          """
        : """
          # Debian's fastcgi_params pass on whatever name the browser claims: leave this line out only with auth_basic.
              fastcgi_param REMOTE_USER        "";
          """;

    // fastcgi_params have CONTENT_LENGTH.
    private static string Streaming(Deployment deployment) => deployment.Protocol != Protocols.Scgi ? "" : """

            # To pass uploads on while they arrive, use both of these lines: without the second one
            # nginx (1.22, for one) tells the length of what it has read so far.
            # scgi_request_buffering off;
            # scgi_param CONTENT_LENGTH $content_length;
        """;
}
