using Shims.Cgi;
using Shims.Posix;

namespace Shims.Tests.Cgi;

public sealed class VariableTableTests : IDisposable
{
    private Arena _memory = Arena.Create(1 << 20);

    public void Dispose() => _memory.Release();

    [Fact]
    public void A_known_variable_is_found_at_its_place_and_the_last_one_counts()
    {
        VariableTable table = new RequestBlock { { "REQUEST_METHOD", "GET" }, { "X", "1" }, { "REQUEST_METHOD", "POST" }, { "HTTPS", "" } }.Table(ref _memory);
        Assert.Equal("POST", Latin1.Text(table[CgiName.RequestMethod]));
        Assert.True(table[CgiName.Https].IsEmpty);
        Assert.True(table[CgiName.QueryString].IsEmpty);
        Assert.True(table.Contains("HTTPS"u8));
        Assert.True(table.Contains("X"u8));
        Assert.False(table.Contains("QUERY_STRING"u8));
        Assert.False(table.Contains("Y"u8));
    }

    [Fact]
    public void Variables_of_one_name_are_linked_in_the_order_in_which_they_came()
    {
        VariableTable table = new RequestBlock { { "A", "1" }, { "B", "2" }, { "A", "3" }, { "HTTP_X", "4" }, { "A", "5" }, { "B", "6" } }.Table(ref _memory);
        Assert.Equal(6, table.Count);
        Assert.Equal([false, false, true, false, true, true], [table.IsRepetition(0), table.IsRepetition(1), table.IsRepetition(2), table.IsRepetition(3), table.IsRepetition(4), table.IsRepetition(5)]);
        Assert.Equal([2, 4, -1], [table.NextOf(0), table.NextOf(2), table.NextOf(4)]);
        Assert.Equal([4, 5, 3], [table.LastOf(0), table.LastOf(1), table.LastOf(3)]);
        Assert.Equal("5", Latin1.Text(table.ValueAt(table.LastOf(0))));
        Assert.Equal("HTTP_X", Latin1.Text(table.NameAt(3)));
        Assert.Equal(CgiName.OtherHeader, table.KnownAt(3));
    }

    [Fact]
    public void Names_that_share_a_place_are_told_apart()
    {
        var request = new RequestBlock();
        for (int i = 0; i < CgiVariables.MaxCount; i++)
            request.Add($"V{i % 1000}", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        VariableTable table = request.Table(ref _memory);
        Assert.Equal(CgiVariables.MaxCount, table.Count);
        for (int i = 0; i < table.Count; i++)
        {
            Assert.Equal(i >= 1000, table.IsRepetition(i));
            Assert.Equal(i < 24 ? i + 1000 : i, table.LastOf(i));
        }
    }

    [Fact]
    public void Memory_that_was_used_before_makes_no_difference()
    {
        Span<byte> used = _memory.Take(1 << 18);
        used.Fill(0xFF);
        _memory.Clear();
        VariableTable table = new RequestBlock { { "A", "1" } }.Table(ref _memory);
        Assert.True(table[CgiName.RequestMethod].IsEmpty);
        Assert.Equal([-1, 0], [table.NextOf(0), table.LastOf(0)]);
    }

    [Fact]
    public void The_reckoned_memory_suffices_and_in_less_it_finds_out()
    {
        var request = new RequestBlock { { "A", "1" }, { "B", "2" }, { "REQUEST_METHOD", "GET" }, { "C", "3" } };
        for (int size = 0; size <= VariableTable.MemoryFor(4); size++)
        {
            Arena memory = Arena.Create(size);
            bool isMade = VariableTable.TryMake(request.Variables, ref memory, out VariableTable table);
            Assert.Equal(isMade ? "GET" : "", isMade ? Latin1.Text(table[CgiName.RequestMethod]) : "");
            Assert.True(isMade || size < VariableTable.MemoryFor(4));
            memory.Release();
        }
    }
}
