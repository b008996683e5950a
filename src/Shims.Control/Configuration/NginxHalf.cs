using System.Text.RegularExpressions;
using Shims.Gateway;

namespace Shims.Control.Configuration;

/// <summary>nginx: a location. https://nginx.org/en/docs/http/ngx_http_scgi_module.html, ngx_http_fastcgi_module.html</summary>
internal static class NginxHalf
{
    internal static ConfigurationPiece Write(Deployment deployment)
    {
        string word = deployment.Protocol == Protocol.Scgi ? "scgi" : "fastcgi";
        string url = Regex.Escape(deployment.Url);
        // A name of its own in the pattern: the one of a prefix location would also match /blog2 where /blog is meant.
        string pattern = deployment.Kind == TargetKind.Directory ? $"^(?<script>{url}/(?<name>[^/]+))(?<path_info>/.*)?$" : $"^(?<script>{url})(?<path_info>/.*)?$";
        string meaning = deployment.Kind == TargetKind.Directory
            ? $"{deployment.Url}/NAME/more: the script NAME, with /more as PATH_INFO."
            : $"{deployment.Url} and what is below it, which is PATH_INFO; but not {deployment.Url}2.";
        string address = deployment.Address.Path is { } path ? $"unix:{path}" : deployment.Address.ToString();
        return new ConfigurationPiece("nginx: into the server { } block of the site, such as /etc/nginx/sites-available/default", "nginx -t && nginx -s reload", $$"""
            # {{meaning}}
            location ~ {{pattern}} {
                # The address that the super-server listens at; {{deployment.ProgramName}} speaks {{deployment.Language}} there.
                {{word}}_pass {{address}};
                # What a request is described by. Of two settings of one name the later one counts, so this comes first.
                include {{word}}_params;
                {{ScriptFile(deployment, word)}}
                # How the visitor calls it; without these two it would be taken for something else.
                {{word}}_param SCRIPT_NAME        $script;
                {{word}}_param PATH_INFO          $path_info;
                {{ServerSoftware(deployment)}}
                # Uploads: the largest one. And how long there may be silence before nginx answers 504.
                client_max_body_size 100m;
                {{word}}_read_timeout 60s;
            }

            """);
    }

    private static string ScriptFile(Deployment deployment, string word) => deployment.Kind switch
    {
        TargetKind.Directory => $"""
            # Which file to run. {deployment.ProgramName} refuses whatever is outside of its folder.
                {word}_param SCRIPT_FILENAME    {deployment.Target}/$name;
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

    // nginx's scgi_params lack SERVER_SOFTWARE; Debian's fastcgi_params pass on whatever name the browser claims.
    private static string ServerSoftware(Deployment deployment) => deployment.Protocol == Protocol.Scgi
        ? """
          # nginx's own scgi_params lack this one.
              scgi_param SERVER_SOFTWARE    nginx/$nginx_version;
          """
        : """
          # Debian's fastcgi_params pass on whatever name the browser claims: leave this line out only with auth_basic.
              fastcgi_param REMOTE_USER        "";
          """;
}
