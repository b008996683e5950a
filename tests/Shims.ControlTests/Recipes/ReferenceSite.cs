using Shims.Control.Recipes;

namespace Shims.ControlTests.Recipes;

/// <summary>The configuration of Apache that runs the program of a recipe by mod_cgid, or mod_fcgid if it speaks FastCGI.</summary>
/// <param name="recipe">The recipe.</param>
/// <param name="port">A port of the loopback interface.</param>
internal sealed class ReferenceSite(Recipe recipe, int port)
{
    private const string Modules = "/usr/lib/apache2/modules";

    private static readonly string[] s_modules =
        ["mpm_event", "authz_core", "authz_user", "authn_core", "authn_file", "auth_basic", "alias", "env", "mime", "dir", "actions"];

    private string Group => recipe.Setup.Any(line => line.Contains("--ingroup www-data", StringComparison.Ordinal)) ? "www-data"
        : recipe["user"] ?? "www-data";

    private string Url => recipe["url"]!;

    /// <summary>Commands that make the files which only Apache needs, and may read as the user of the scripts.</summary>
    internal string Setup => (recipe["user-auth"] is { } users ? $"install -D -m 644 {users} /run/reference/users\n" : "") + Scripts;

    private string Scripts => WsgiScript is { } script
        ? $$"""
          mkdir -p /run/reference
          cat >/run/reference/app.cgi <<'END'
          #!/usr/bin/python3
          import runpy
          from wsgiref.handlers import CGIHandler
          CGIHandler().run(runpy.run_path("{{script}}")["application"])
          END
          chmod 755 /run/reference/app.cgi
          """
        : "mkdir -p /run/reference";

    /// <summary>The text of the file.</summary>
    internal string Text => $"""
        ServerRoot /run/reference
        DefaultRuntimeDir /run/reference
        PidFile /run/reference/pid
        ErrorLog /run/reference/error.log
        Mutex pthread
        ServerName localhost
        Listen 127.0.0.1:{port}
        User {recipe["user"] ?? "www-data"}
        Group {Group}
        {string.Concat(s_modules.Append(recipe["app"] is null ? "cgid" : "fcgid").Select(module =>
            $"LoadModule {module}_module {Modules}/mod_{module}.so\n"))}
        TypesConfig /etc/mime.types
        AllowEncodedSlashes NoDecode
        <Directory />
            AllowOverride None
            Options FollowSymLinks ExecCGI
            Require all granted
        </Directory>
        {string.Concat(Values("env").Select(setting => recipe["app"] is null
            ? $"SetEnv {Assignment(setting)}\n" : $"FcgidInitialEnv {Assignment(setting)}\n"))}
        {string.Concat(Values("alias").Select(alias => $"Alias {alias.Replace("=", "/ ", StringComparison.Ordinal)}/\n"))}
        {Program}
        {Passwords}
        <IfModule mod_cgid.c>
            ScriptSock /run/reference/cgid
        </IfModule>
        <IfModule mod_fcgid.c>
            FcgidIPCDir /run/reference/fcgid
            FcgidProcessTableFile /run/reference/fcgid.table
        </IfModule>

        """;

    private string Passwords => recipe["user-auth"] is not null
        ? $"<Location {Url}>\nAuthType Basic\nAuthName x\nAuthUserFile /run/reference/users\nRequire valid-user\n</Location>"
        : "";

    private string? WsgiScript => recipe["script"] is { } script && recipe["interpreter"] is not null ? script : null;

    private string Program => recipe switch
    {
        _ when WsgiScript is not null => $"ScriptAlias {Url} /run/reference/app.cgi",
        _ when recipe["script"] is { } script => $"ScriptAlias {Url} {script}",
        _ when recipe["app"] is { } app => $"ScriptAlias {Url} {app}\n<Location {Url}>\nSetHandler fcgid-script\n</Location>",
        _ when recipe["interpreter"] is { } interpreter => $"""
            Alias {Url}/ {recipe["dir"]}/
            DirectoryIndex {recipe["index"]?.Replace(',', ' ') ?? "disabled"}
            ScriptAlias /-interpreter {interpreter.Split('=')[1]}
            Action interpreted /-interpreter
            <FilesMatch "{System.Text.RegularExpressions.Regex.Escape(interpreter.Split('=')[0])}$">
                SetHandler interpreted
            </FilesMatch>
            """,
        _ => $"ScriptAlias {Url}/ {recipe["dir"]}/",
    };

    private IEnumerable<string> Values(string option) => recipe.Options.Where(candidate => candidate.Name == option)
        .Select(candidate => Recipe.At(Url, candidate.Value));

    private static string Assignment(string setting) => setting.Split('=', 2) is [var name, var value] ? $"{name} \"{value}\"" : setting;
}
