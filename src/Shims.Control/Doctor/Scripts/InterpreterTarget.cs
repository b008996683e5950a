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
            { Advice = $"name the script, and let it begin with #!{script.Path}" };
        return script.Settings.VariableOf("SCRIPT_FILENAME") is not null ? null
            : script.Error(
                $"{name} runs the file that SCRIPT_FILENAME names, and the gateways set that to their TARGET: {name} itself") with
            {
                Advice = $"{name} speaks FastCGI itself: let the super-server start it (wait, without fcgi-run), or use php-fpm; for "
                    + $"one page write before TARGET: "
                    + $"--env SCRIPT_FILENAME=/path/to/page.php --env REDIRECT_STATUS=200; or begin the page with #!{script.Path}, and "
                        + $"name the page",
            };
    }

    [GeneratedRegex(@"^(php-cgi|php|perl|python|pypy|ruby|node|nodejs|lua|tclsh|bash|dash|ash|ksh|mksh|zsh|busybox)[\d.]*$")]
    private static partial Regex Interpreter();
}
