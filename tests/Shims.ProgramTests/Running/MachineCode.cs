using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.ProgramTests;

/// <summary>What a program consists of, as objdump shows it: functions, what they call, and where the data lies that they read. x86-64.</summary>
internal sealed partial class MachineCode
{
    // Filled in by relocations, by the runtime when it starts, or by the choice of a processor's variants: not yet to be read by what runs before.
    private static readonly string[] s_lateSections = [".got", ".got.plt", ".data.rel.ro", ".hydrated", ".init_array", ".tdata", ".tbss"];

    private readonly Dictionary<string, List<string>> _instructions = [];
    private readonly List<(ulong Start, ulong End)> _lateData = [];

    private MachineCode()
    {
    }

    /// <summary>Takes a program with its symbols apart.</summary>
    public static async Task<MachineCode> OfAsync(string program)
    {
        var code = new MachineCode();
        code.ReadSections(await Command.RunAsync("objdump", ["-h", program]));
        code.ReadInstructions(await Command.RunAsync("objdump", ["-d", "--no-show-raw-insn", program]));
        return code;
    }

    /// <summary>Follows every call and jump from a function on, and every function whose address is taken.</summary>
    /// <param name="start">The function's symbol.</param>
    /// <param name="isBoundary">Functions that are not looked into, and no breach to call.</param>
    /// <returns>What would need a runtime or a C library, each with the function that does it.</returns>
    public IReadOnlyList<string> Breaches(string start, Predicate<string> isBoundary)
    {
        var breaches = new List<string>();
        var seen = new HashSet<string>();
        var open = new Stack<string>([start]);
        while (open.TryPop(out string? function))
        {
            if (!seen.Add(function))
                continue;
            foreach (string instruction in _instructions[function])
            {
                if (Breach(instruction) is { } breach)
                    breaches.Add($"{breach} in {function}: {instruction}");
                if (instruction.StartsWith("lea", StringComparison.Ordinal) && TargetPattern().Match(instruction) is { Success: true } address && IsManaged(address.Groups[1].Value))
                    open.Push(address.Groups[1].Value);
                if (!TransferPattern().IsMatch(instruction))
                    continue;
                if (TargetPattern().Match(instruction) is not { Success: true } target)
                    breaches.Add($"a jump to nowhere, or into a table that the C library fills in, in {function}: {instruction}");
                else if (IsManaged(target.Groups[1].Value))
                    open.Push(target.Groups[1].Value);
                else if (target.Groups[1].Value != function && !isBoundary(target.Groups[1].Value))
                    breaches.Add($"{target.Groups[1].Value} called by {function}");
            }
        }
        return breaches;

        bool IsManaged(string name) => !isBoundary(name) && _instructions.ContainsKey(name) && ManagedPattern().IsMatch(name);
    }

    private string? Breach(string instruction)
    {
        if (IndirectCallPattern().IsMatch(instruction))
            return "an indirect call: a virtual method, an interface or a delegate";
        if (instruction.Contains("%fs:", StringComparison.Ordinal))
            return "thread-local data";
        Match address = AddressPattern().Match(instruction);
        if (!address.Success || instruction.StartsWith("lea", StringComparison.Ordinal))
            return null;
        ulong value = ulong.Parse(address.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return _lateData.Any(section => value >= section.Start && value < section.End) ? "data that is not there yet" : null;
    }

    private void ReadSections(string listing)
    {
        foreach (Match section in SectionPattern().Matches(listing))
        {
            ulong start = ulong.Parse(section.Groups[3].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (s_lateSections.Contains(section.Groups[1].Value))
                _lateData.Add((start, start + ulong.Parse(section.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        }
    }

    private void ReadInstructions(string listing)
    {
        List<string> current = [];
        foreach (string line in listing.Split('\n'))
        {
            if (FunctionPattern().Match(line) is { Success: true } function)
                _instructions[function.Groups[1].Value] = current = [];
            else if (line.IndexOf('\t', StringComparison.Ordinal) is > 0 and var tab)
                current.Add(line[(tab + 1)..]);
        }
    }

    // ILC names a method by its assembly: Shims_, scgi_run_, S_P_CoreLib_, System_; of generic instances of built-in types by the type.
    [GeneratedRegex(@"^(Shims_|scgi_run_|fcgi_run_|uwsgi_run_|S_P_|System_|UInt8|Char|Int32|__wrap_)")]
    private static partial Regex ManagedPattern();

    [GeneratedRegex(@"^[0-9a-f]+ <(.+)>:$")]
    private static partial Regex FunctionPattern();

    [GeneratedRegex(@"^\s*\d+ (\S+)\s+([0-9a-f]+)\s+([0-9a-f]+)", RegexOptions.Multiline)]
    private static partial Regex SectionPattern();

    [GeneratedRegex(@"^(addr32 |notrack )?(call|j[a-z]+)\s+[0-9a-f]")]
    private static partial Regex TransferPattern();

    [GeneratedRegex(@"<(.+?)(\+0x[0-9a-f]+)?>$")]
    private static partial Regex TargetPattern();

    [GeneratedRegex(@"^(notrack )?(call|jmp)\s+\*")]
    private static partial Regex IndirectCallPattern();

    [GeneratedRegex(@"\(%rip\).*# ([0-9a-f]+)")]
    private static partial Regex AddressPattern();
}
