using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class EnvironmentWriterTests
{
    [Fact]
    public void The_environment_writer_writes_strings_one_after_the_other_as_execve_wants_them()
    {
        Span<byte> memory = new byte[100];
        var writer = new EnvironmentWriter(memory);
        writer.Add("A"u8, "1"u8);
        writer.Begin("B"u8);
        writer.Append("x"u8);
        writer.Append(", "u8);
        writer.Append("y"u8);
        writer.End();
        writer.Add("C"u8, default);
        Assert.Equal("A=1\0B=x, y\0C=\0", Latin1.Text(memory[..writer.Length]));
        Assert.Equal(3, writer.Count);
        Assert.False(writer.IsFull);
    }

    [Fact]
    public void The_environment_writer_fits_exactly_and_is_full_in_any_smaller_room()
    {
        const string strings = "A=1\0LONG=0123456789\0";
        for (int room = 0; room <= strings.Length + 1; room++)
        {
            byte[] memory = [.. Enumerable.Repeat((byte)0xAA, strings.Length + 10)];
            var writer = new EnvironmentWriter(memory.AsSpan(0, room));
            writer.Add("A"u8, "1"u8);
            writer.Add("LONG"u8, "0123456789"u8);
            Assert.Equal(room < strings.Length, writer.IsFull);
            Assert.InRange(writer.Length, 0, room);
            Assert.False(memory.AsSpan(room).ContainsAnyExcept((byte)0xAA), "wrote past its end");
        }
    }

    [Fact]
    public void A_full_environment_writer_stays_full_although_a_shorter_string_would_fit()
    {
        var writer = new EnvironmentWriter(new byte[10]);
        writer.Add("LONG"u8, "0123456789"u8);
        writer.Add("A"u8, "1"u8);
        Assert.True(writer.IsFull);
    }
}
