using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Languages;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Has the interpreter check a source, as the user that it will run as.</summary>
internal static class SourceCheck
{
    internal static IEnumerable<Finding> Check(ScriptCase script)
    {
        if (script.Language is not { } language || script.Interpreter is not { } interpreter)
            return [];
        IReadOnlyList<string> command = language.CheckCommand(interpreter, script.InterpreterArguments, script.Path);
        if (UserCommand.Run(script.User, command, script.Settings.ScriptPath, script.Folder) is not { ExitCode: not 0 } outcome)
            return [];
        string said = $"{outcome.Error}\n{outcome.Output}";
        if (StderrDiagnosis.ExplainForbidden(script, said) is { } forbidden)
            return [forbidden];
        if (language.FindMissingModule(said) is { } module)
            return [MissingModule.Explain(script, language, module)];
        if (language.FindFault(said, script.Path) is { } fault)
            return [Explain(script, language, fault)];
        return [script.Warning($"{interpreter} rejects it: {StderrDiagnosis.Quote(said)}")];
    }

    private static Finding Explain(ScriptCase script, Language language, SourceFault fault)
    {
        Finding finding = script.Error($"line {fault.Line}: syntax error in {language.Name}: {InterpretersWords(fault.Message)}");
        if (SourceRepair.Find(script, language, fault) is { } repair)
            return finding with
            {
                Fix = LineEdit.Rewrite(script.Path, repair.Line, repair.Text),
                Advice = $"or otherwise, if line "
                + $"{repair.Line} was not meant so: with that change it is valid {language.Name}, and no more is known"
            };
        return fault.Line > 0 && fault.Line <= script.Lines.Count
            ? finding with { Advice = $"correct line {fault.Line}, or what stands before it: {script.Lines[fault.Line - 1].Trim()}" }
            : finding with { Advice = "correct it" };
    }

    /// <summary>The interpreter's message, which may begin with the words that stand before it already.</summary>
    private static string InterpretersWords(string message) =>
        message.StartsWith("syntax error", StringComparison.OrdinalIgnoreCase) ? message["syntax error".Length..]
            .TrimStart(' ', ':', ',') is { Length: > 0 } rest ? rest : message : message;
}
