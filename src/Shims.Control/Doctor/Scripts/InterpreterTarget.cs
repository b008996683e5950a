using System.Text.RegularExpressions;
using Mono.Unix;

namespace Shims.Control.Doctor.Scripts;

/// <summary>An interpreter in the place of a script.</summary>
internal static partial class InterpreterTarget
{
    /// <summary>Explains why an interpreter does not serve pages.</summary>
    /// <returns>Null for a script, and for php-cgi that is told its script.</returns>
    internal static Finding? Check(ScriptCase script)
    {
        if (!script.Form.IsNative || !Interpreter().IsMatch(Path.GetFileName(UnixPath.GetCompleteRealPath(script.Path))))
            return null;
        string name = Path.GetFileName(script.Path);
        if (!name.StartsWith("php-cgi", StringComparison.Ordinal))
            return script.Error($"{name} is an interpreter and not a script: it would run the body of a request as a program")
                with
            { Advice = $"write the folder of its scripts as TARGET, and before it --interpreter {Shims.Cgi.InterpreterNames.ExtensionOf(System.Text.Encoding.UTF8.GetBytes(name)) ?? ".sh"}={script.Path}; or name the script, and let it begin with #!{script.Path}" };
        return script.Settings.VariableOf("SCRIPT_FILENAME") is not null ? null
            : script.Error(
                $"{name} runs the file that SCRIPT_FILENAME names, and the gateways set that to their TARGET: {name} itself") with
            {
                Advice = $"write the folder of the pages as TARGET, and before it: --interpreter .php={script.Path} --index index.php; for "
                    + "one page: --env SCRIPT_FILENAME=/path/to/page.php; "
                    + $"or, as {name} speaks FastCGI itself, let the super-server start it (wait, without fcgi-run), or use php-fpm",
            };
    }

    [GeneratedRegex(@"^(php-cgi|php|perl|python|pypy|ruby|node|nodejs|lua|tclsh|bash|dash|ash|ksh|mksh|zsh|busybox)[\d.]*$")]
    private static partial Regex Interpreter();
}
