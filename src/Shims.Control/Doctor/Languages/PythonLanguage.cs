using System.Text.RegularExpressions;
using Shims.Control.Processes;

namespace Shims.Control.Doctor.Languages;

/// <summary>
/// Python. Its check compiles, runs nothing and writes no file; what modules are missing only a request shows, because scripts may say
/// themselves where they are.
/// </summary>
internal sealed partial class PythonLanguage : Language
{
    private const string Check = """
        import sys
        with open(sys.argv[1], 'rb') as file:
            source = file.read()
        try:
            compile(source, sys.argv[1], 'exec')
        except (SyntaxError, ValueError) as error:
            sys.exit('doctor: line %s: %s' % (getattr(error, 'lineno', 0) or 0, getattr(error, 'msg', error)))
        """;

    internal override string Name => "Python";

    internal override string FolderVariable => "PYTHONPATH";

    internal override IReadOnlyList<string> CheckCommand(string interpreter, IReadOnlyList<string> arguments, string script) =>
        [interpreter, "-c", Check.ReplaceLineEndings("\n"), script];

    internal override SourceFault? FindFault(string output, string script) => Fault(FaultLine().Match(output));

    internal override string? FindMissingModule(string output) => Module(MissingModule().Match(output));

    internal override IEnumerable<string> FilesOf(string module)
    {
        string name = module.Split('.')[0];
        return [$"{name}.py", $"{name}/__init__.py"];
    }

    internal override string AddFolder(string folder) =>
        $"import sys; sys.path.insert(0, {Quote(folder)})";

    internal override IEnumerable<string> DebianPackagesOf(string module)
    {
        string name = module.Split('.')[0];
        string package = name switch
        {
            "PIL" => "pil",
            "OpenSSL" => "openssl",
            "Crypto" => "pycryptodome",
            "cv2" => "opencv",
            "dateutil" => "dateutil",
            "dns" => "dnspython",
            "serial" => "serial",
            "MySQLdb" => "mysqldb",
            _ => name.ToLowerInvariant().Replace('_', '-'),
        };
        return [$"python3-{package}"];
    }

    internal override string InstallCommand(string interpreter, string module)
    {
        string name = ShellWords.Quote(module.Split('.')[0]);
        // PEP 668: pip leaves the distribution's Python alone.
        bool isManaged = interpreter.StartsWith("/usr/bin/", StringComparison.Ordinal)
            && Directory.EnumerateDirectories("/usr/lib", "python3*")
                .Any(folder => File.Exists(Path.Combine(folder, "EXTERNALLY-MANAGED")));
        return isManaged
            ? $"{ShellWords.Path(interpreter)} -m venv /srv/venv && /srv/venv/bin/pip install {name} # and name /srv/venv/bin/python3 "
                + $"on line 1"
            : $"{ShellWords.Path(interpreter)} -m pip install {name}";
    }

    internal override string WriteHeaderLine(string text) => $"print(\"{text}\")";

    internal override IEnumerable<string> Repairs(string line) =>
        [$"{line}:", $"{line})", $"{line}]", $"{line}}}", $"{line}'", $"{line}\"", $"{line}')", $"{line}\")", $"{line}))"];

    internal override string? TakeQuery(string line) =>
        InputCall().IsMatch(line) ? InputCall().Replace(line, "__import__('os').environ.get('QUERY_STRING', '')") : null;

    internal override string SetVariable(string name, string value) => $"import os; os.environ['{name}'] = {Quote(value)}";

    internal override string PrependPath(string folder) => $"import os; os.environ['PATH'] = {Quote(folder + ":")} + os.environ['PATH']";

    internal override bool Speaks(string interpreter) =>
        interpreter.StartsWith("python", StringComparison.Ordinal) || interpreter.StartsWith("pypy", StringComparison.Ordinal);

    [GeneratedRegex(@"^doctor: line (?<line>\d+): (?<message>.+)$", RegexOptions.Multiline)]
    private static partial Regex FaultLine();

    [GeneratedRegex(@"No module named '?(?<module>[\w.]+)'?")]
    private static partial Regex MissingModule();

    [GeneratedRegex("""(?<![\w.])input\(("[^"]*"|'[^']*')?\)""")]
    private static partial Regex InputCall();
}
