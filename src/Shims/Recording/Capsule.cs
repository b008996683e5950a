using System.Buffers;
using Shims.Diagnostics;

namespace Shims.Recording;

/// <summary>The record of one request: all that is needed to see why it failed, and to run its script again.</summary>
/// <remarks>Everything that came from outside is bytes, as it came. What a capsule does not say is empty, zero or null.</remarks>
internal sealed class Capsule
{
    /// <summary>Capsules are 1 MiB at the most; a file that is much larger is something else.</summary>
    private const int LargestFile = 64 << 20;

    private Capsule()
    {
    }

    /// <summary>The program that kept it, such as scgi-run.</summary>
    internal string Program { get; private set; } = "";

    /// <summary>That program's version.</summary>
    internal string Version { get; private set; } = "";

    /// <summary>The time of the request.</summary>
    internal DateTimeOffset Time { get; private set; }

    internal string RequestId { get; private set; } = "";

    /// <summary>The reason for which it was kept.</summary>
    internal CapsuleReason Reason { get; private set; }

    /// <summary>The status the client got, or would have got had the response not broken off; 0 if it is not known.</summary>
    internal int Status { get; private set; }

    /// <summary>The cause of the failure; empty if there was none.</summary>
    internal string Cause { get; private set; } = "";

    /// <summary>The fix.</summary>
    internal string Cure { get; private set; } = "";

    /// <summary>SCGI or FastCGI.</summary>
    internal string Protocol { get; private set; } = "";

    /// <summary>A description of the peer.</summary>
    internal string Peer { get; private set; } = "";

    /// <summary>TARGET of the command line, absolute; ends in a slash if it is a directory.</summary>
    internal byte[] Target { get; private set; } = [];

    /// <summary>The script that was found; empty if none was.</summary>
    internal byte[] Script { get; private set; } = [];

    /// <summary>The program that ran it; empty if it was a program itself.</summary>
    internal byte[] Interpreter { get; private set; } = [];

    /// <summary>Its working directory.</summary>
    internal byte[] Directory { get; private set; } = [];

    /// <summary>Its arguments, without argv[0], which is the script.</summary>
    internal IReadOnlyList<byte[]> Arguments { get; private set; } = [];

    /// <summary>The number of the user it ran as.</summary>
    internal uint User { get; private set; }

    /// <summary>The number of that user's group.</summary>
    internal uint Group { get; private set; }

    internal IReadOnlyList<uint> SupplementaryGroups { get; private set; } = [];

    /// <summary>--cpu, seconds; 0 if it was not given.</summary>
    internal long CpuSeconds { get; private set; }

    /// <summary>--memory, bytes; 0 if it was not given.</summary>
    internal long AddressSpace { get; private set; }

    /// <summary>The end of the script: <c>exit 3</c>, <c>signal 9</c>, <c>signal 11 core</c>; empty if it had not, or was never started.</summary>
    internal string End { get; private set; } = "";

    /// <summary>Milliseconds from the request's coming to the script's start; null if it was never started.</summary>
    internal long? StartedAfter { get; private set; }

    /// <summary>Milliseconds from the request's coming to the script's first output; null if there was none.</summary>
    internal long? AnsweredAfter { get; private set; }

    /// <summary>Milliseconds from the request's coming to the writing of the capsule.</summary>
    internal long Elapsed { get; private set; }

    /// <summary>The variables that the web server sent.</summary>
    internal IReadOnlyList<CapsuleVariable> Variables { get; private set; } = [];

    /// <summary>The environment exactly as the script saw it; empty if no script was found.</summary>
    internal IReadOnlyList<CapsuleVariable> Environment { get; private set; } = [];

    /// <summary>The beginning of the body.</summary>
    internal byte[] Body { get; private set; } = [];

    /// <summary>Bytes of the body that had come; more than <see cref="Body"/> has if it was too long to be kept.</summary>
    internal long BodyLength { get; private set; }

    /// <summary>The beginning of the file that a FastCGI Filter finds on descriptor 3; null in other roles.</summary>
    internal byte[]? Data { get; private set; }

    /// <summary>Bytes of it that had come.</summary>
    internal long DataLength { get; private set; }

    /// <summary>The end of what the script wrote to its standard error.</summary>
    internal byte[] ErrorOutput { get; private set; } = [];

    /// <summary>Bytes that it wrote there.</summary>
    internal long ErrorLength { get; private set; }

    /// <summary>The beginning of what the script wrote to its standard output: its header, and what fits of the body.</summary>
    internal byte[] Reply { get; private set; } = [];

    /// <summary>Bytes that it wrote there, as far as they were counted.</summary>
    internal long ReplyLength { get; private set; }

    /// <summary>The places where secrets were removed: <c>variable HTTP_COOKIE</c>, <c>environment API_TOKEN</c>, <c>body</c>, <c>stderr</c>, <c>reply</c>.</summary>
    internal IReadOnlyList<string> Redacted { get; private set; } = [];

    /// <summary>True if secrets were kept: --record-secrets.</summary>
    internal bool HoldsSecrets { get; private set; }

    /// <summary>True if parts were left out because the capsule would have become too large.</summary>
    internal bool IsCut { get; private set; }

    /// <summary>True if a file that begins like this is a capsule.</summary>
    internal static bool IsCapsule(ReadOnlySpan<byte> start) => start.StartsWith(CapsuleReader.Magic);

    /// <summary>Reads a capsule from an open file, from its beginning.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <exception cref="IOException">The system refused.</exception>
    /// <exception cref="ShimException">It is not a whole capsule.</exception>
    internal static Capsule Read(FileStream file, string path)
    {
        if (file.Length > LargestFile)
            throw new ShimException(ExitCode.Usage, $"{path} is not a capsule: it is larger than any", "name a file that --record has written");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Parse(bytes, out string? fault) ?? throw new ShimException(ExitCode.Usage, $"{path} {fault}", "name a file that --record has written");
    }

    /// <summary>Reads a capsule.</summary>
    /// <param name="bytes">The whole of it.</param>
    /// <param name="fault">Its fault, as the end of a sentence about it.</param>
    /// <returns>Null if it is not a whole capsule.</returns>
    internal static Capsule? Parse(ReadOnlySpan<byte> bytes, out string? fault)
    {
        var reader = new CapsuleReader(bytes);
        OperationStatus status = reader.TryReadVersion(out int version);
        fault = status switch
        {
            OperationStatus.Done when version != CapsuleReader.FormatVersion => $"is a capsule of version {version}, and this program reads version {CapsuleReader.FormatVersion}",
            OperationStatus.Done => null,
            OperationStatus.NeedMoreData => "was not written to its end",
            _ => "is not a capsule",
        };
        if (fault is not null)
            return null;
        var capsule = new Capsule();
        var lists = new CapsuleLists();
        while (true)
        {
            status = reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content);
            if (status != OperationStatus.Done)
            {
                fault = status == OperationStatus.NeedMoreData ? "was not written to its end" : "is a damaged capsule";
                return null;
            }
            string section = System.Text.Encoding.ASCII.GetString(name);
            if (section == CapsuleSection.Last)
                break;
            capsule.Take(section, content, lists);
        }
        if (reader.Left > 0)
        {
            fault = "is a damaged capsule";
            return null;
        }
        capsule.Take(lists);
        return capsule;
    }

    /// <summary>The value of a variable of the request, of the last one if there are several; null if there is none.</summary>
    internal string? ValueOf(string name)
    {
        for (int i = Variables.Count - 1; i >= 0; i--)
        {
            if (Variables[i].Is(name))
                return Text(Variables[i].Value);
        }
        return null;
    }

    private void Take(CapsuleLists lists)
    {
        Arguments = lists.Arguments;
        SupplementaryGroups = lists.SupplementaryGroups;
        Variables = lists.Variables;
        Environment = lists.Environment;
        Redacted = lists.Redacted;
    }

    private void Take(string name, ReadOnlySpan<byte> content, CapsuleLists lists)
    {
        switch (name)
        {
            case CapsuleSection.Program: Program = Text(content); break;
            case CapsuleSection.Version: Version = Text(content); break;
            case CapsuleSection.Time: Time = DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(Number(content), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())); break;
            case CapsuleSection.RequestId: RequestId = Text(content); break;
            case CapsuleSection.Reason: Reason = Enum.TryParse(Text(content), ignoreCase: true, out CapsuleReason reason) ? reason : CapsuleReason.Fault; break;
            case CapsuleSection.Status: Status = (int)Math.Min(Number(content), 999); break;
            case CapsuleSection.Cause: Cause = Text(content); break;
            case CapsuleSection.Cure: Cure = Text(content); break;
            case CapsuleSection.Protocol: Protocol = Text(content); break;
            case CapsuleSection.Peer: Peer = Text(content); break;
            case CapsuleSection.Target: Target = content.ToArray(); break;
            case CapsuleSection.Script: Script = content.ToArray(); break;
            case CapsuleSection.Interpreter: Interpreter = content.ToArray(); break;
            case CapsuleSection.Directory: Directory = content.ToArray(); break;
            case CapsuleSection.User: User = (uint)Number(content); break;
            case CapsuleSection.Group: Group = (uint)Number(content); break;
            case CapsuleSection.CpuSeconds: CpuSeconds = Number(content); break;
            case CapsuleSection.AddressSpace: AddressSpace = Number(content); break;
            case CapsuleSection.End: End = Text(content); break;
            case CapsuleSection.StartedAfter: StartedAfter = Number(content); break;
            case CapsuleSection.AnsweredAfter: AnsweredAfter = Number(content); break;
            case CapsuleSection.Elapsed: Elapsed = Number(content); break;
            case CapsuleSection.Body: Body = content.ToArray(); break;
            case CapsuleSection.BodyLength: BodyLength = Number(content); break;
            case CapsuleSection.Data: Data = content.ToArray(); break;
            case CapsuleSection.DataLength: DataLength = Number(content); break;
            case CapsuleSection.Error: ErrorOutput = content.ToArray(); break;
            case CapsuleSection.ErrorLength: ErrorLength = Number(content); break;
            case CapsuleSection.Reply: Reply = content.ToArray(); break;
            case CapsuleSection.ReplyLength: ReplyLength = Number(content); break;
            case CapsuleSection.Secrets: HoldsSecrets = true; break;
            case CapsuleSection.Cut: IsCut = true; break;
            default: lists.Take(name, content); break;
        }
    }

    private static string Text(ReadOnlySpan<byte> content) => System.Text.Encoding.UTF8.GetString(content);

    /// <summary>Reads a number. Anything else counts as zero: a person may have edited the file.</summary>
    internal static long Number(ReadOnlySpan<byte> digits) => long.TryParse(digits, System.Globalization.NumberStyles.None, null, out long number) ? number : 0;
}
