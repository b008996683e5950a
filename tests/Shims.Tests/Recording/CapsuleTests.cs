using System.Text;
using Shims.Recording;

namespace Shims.Tests.Recording;

public sealed class CapsuleTests
{
    /// <summary>Every byte there is, and what would end a line, a section or a variable.</summary>
    private static readonly byte[] s_anything = [.. Enumerable.Range(0, 256).Select(static value => (byte)value), .. "\nend 0\n\n\0body 3\n"u8];

    [Fact]
    public void A_written_capsule_is_read_byte_for_byte()
    {
        Capsule capsule = Parsed(Whole())!;
        Assert.Equal("scgi-run", capsule.Program);
        Assert.Equal("2026-11-21T04:38:38.123Z", capsule.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(CapsuleReason.Status, capsule.Reason);
        Assert.Equal(502, capsule.Status);
        Assert.Equal(s_anything, capsule.Body);
        Assert.Equal(1L << 40, capsule.BodyLength);
        Assert.Equal(s_anything, capsule.Script);
        Assert.Equal([s_anything, []], capsule.Arguments);
        Assert.Equal([4u, uint.MaxValue], capsule.SupplementaryGroups);
        Assert.Equal(["NAME"], capsule.Variables.Select(static variable => Encoding.ASCII.GetString(variable.Name)));
        Assert.Equal(s_anything, capsule.Variables[0].Value);
        Assert.Empty(capsule.Environment);
        Assert.Null(capsule.Data);
        Assert.Null(capsule.StartedAfter);
        Assert.Equal(7, capsule.AnsweredAfter);
        Assert.False(capsule.IsCut);
    }

    [Fact]
    public void No_truncation_passes_for_a_capsule()
    {
        byte[] whole = Whole();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(Capsule.Parse(whole.AsSpan(0, length), out string? fault));
            Assert.Equal("was not written to its end", fault);
        }
    }

    [Fact]
    public void No_single_changed_byte_does_more_harm_than_a_fault_or_another_content()
    {
        byte[] whole = Whole();
        for (int i = 0; i < whole.Length; i++)
        {
            foreach (byte value in "\0\n 9z"u8)
            {
                byte[] changed = [.. whole];
                changed[i] = value;
                Capsule? capsule = Capsule.Parse(changed, out string? fault);
                Assert.Equal(capsule is null, fault is not null);
            }
        }
    }

    [Fact]
    public void A_capsule_with_bytes_after_its_end_is_refused() => Assert.Equal("is a damaged capsule", FaultOf([.. Whole(), (byte)'\n']));

    [Fact]
    public void Another_version_is_refused_by_its_number() =>
        Assert.Equal("is a capsule of version 2, and this program reads version 1", FaultOf("shims-capsule 2\nwhatever"u8));

    [Fact]
    public void A_section_that_is_not_known_is_passed_over() => Assert.Equal("x", Parsed("shims-capsule 1\nweather 4\nrain\nprogram 1\nx\nend 0\n\n"u8)!.Program);

    [Fact]
    public void A_section_that_should_be_a_number_and_is_not_counts_as_zero() =>
        Assert.Equal(0, Parsed("shims-capsule 1\nelapsed 4\nrain\ntime 19\n9223372036854775807\nbody-length 20\n99999999999999999999\nend 0\n\n"u8)!.BodyLength);

    [Fact]
    public void A_section_that_does_not_fit_is_left_out_and_said_to_be()
    {
        var writer = new CapsuleWriter(100);
        writer.Begin();
        writer.Add(CapsuleSection.Body, new byte[60]);
        writer.Add(CapsuleSection.Reply, "reply"u8);
        writer.End();
        Assert.True(writer.Written.Length <= 100);
        Capsule capsule = Parsed(writer.Written)!;
        Assert.True(capsule.IsCut);
        Assert.Empty(capsule.Body);
        Assert.Equal("reply"u8.ToArray(), capsule.Reply);
    }

    [Fact]
    public void The_bound_holds_for_every_size_of_a_section()
    {
        for (int size = 0; size < 120; size++)
        {
            var writer = new CapsuleWriter(100);
            writer.Begin();
            writer.Add(CapsuleSection.Body, new byte[size]);
            writer.End();
            Assert.InRange(writer.Written.Length, 0, 100);
            Assert.Equal(Parsed(writer.Written)!.IsCut, Parsed(writer.Written)!.Body.Length != size);
        }
    }

    private static byte[] Whole()
    {
        var writer = new CapsuleWriter(1 << 20);
        writer.Begin();
        writer.Add(CapsuleSection.Program, "scgi-run"u8);
        writer.Add(CapsuleSection.Time, 1795235918123);
        writer.Add(CapsuleSection.Reason, "status"u8);
        writer.Add(CapsuleSection.Status, 502);
        writer.Add(CapsuleSection.Script, s_anything);
        writer.Add(CapsuleSection.Argument, s_anything);
        writer.Add(CapsuleSection.Argument, default(ReadOnlySpan<byte>));
        writer.Add(CapsuleSection.SupplementaryGroup, 4);
        writer.Add(CapsuleSection.SupplementaryGroup, uint.MaxValue);
        writer.Add(CapsuleSection.Variable, [.. "NAME="u8, .. s_anything]);
        writer.Add(CapsuleSection.AnsweredAfter, 7);
        writer.Add(CapsuleSection.BodyLength, 1L << 40);
        writer.Add(CapsuleSection.Body, s_anything);
        writer.End();
        return writer.Written.ToArray();
    }

    private static Capsule? Parsed(ReadOnlySpan<byte> bytes)
    {
        Capsule? capsule = Capsule.Parse(bytes, out string? fault);
        Assert.Null(fault);
        return capsule;
    }

    private static string? FaultOf(ReadOnlySpan<byte> bytes)
    {
        Assert.Null(Capsule.Parse(bytes, out string? fault));
        return fault;
    }
}
