namespace Shims.Recording;

/// <summary>The sections of a capsule that occur more than once, while it is read.</summary>
internal sealed class CapsuleLists
{
    internal List<byte[]> Arguments { get; } = [];

    internal List<uint> SupplementaryGroups { get; } = [];

    internal List<CapsuleVariable> Variables { get; } = [];

    internal List<CapsuleVariable> Environment { get; } = [];

    internal List<string> Redacted { get; } = [];

    internal void Take(string name, ReadOnlySpan<byte> content)
    {
        switch (name)
        {
            case CapsuleSection.Argument: Arguments.Add(content.ToArray()); break;
            case CapsuleSection.SupplementaryGroup: SupplementaryGroups.Add((uint)Capsule.Number(content)); break;
            case CapsuleSection.Variable: Variables.Add(Split(content)); break;
            case CapsuleSection.Environment: Environment.Add(Split(content)); break;
            case CapsuleSection.Redacted: Redacted.Add(System.Text.Encoding.UTF8.GetString(content)); break;
        }
    }

    private static CapsuleVariable Split(ReadOnlySpan<byte> setting)
    {
        int equals = setting.IndexOf((byte)'=');
        return equals < 0 ? new CapsuleVariable(setting.ToArray(), []) : new CapsuleVariable(setting[..equals].ToArray(), setting[(equals + 1)..].ToArray());
    }
}
